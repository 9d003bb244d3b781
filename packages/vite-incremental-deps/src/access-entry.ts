import path from 'node:path'
import * as vite from 'vite'
import { parseAst } from 'vite'
import type { ESTree, Rolldown } from 'vite'
import type { ParsedModule } from './module-graph.ts'
import { parseModule } from './parse-module.ts'
import type { Binding, ModuleAccess, Reexport } from './record.ts'

/** Before the ids of the modules that an entry imports, so that nobody else resolves them. */
const MODULE = '\0holdfast-module:'

/** The module that an entry imports. */
export const moduleOfImport = (source: string): string | undefined =>
  source.startsWith(MODULE) ? source.slice(MODULE.length) : undefined

/** What the entry exports, by the name under which it does. */
interface Bindings {
  values: Map<string, Binding>
  /** Of functions that evaluate a module: how they do. */
  calls: Map<string, Call>
  /** Outputs in which modules are evaluated by calls that no function here makes. */
  obscure: Set<string>
}

interface Call {
  /** None if the module is evaluated with its output. */
  callee?: Binding
  /** Whether it returns `module.exports`. */
  isCommonJs: boolean
}

export interface Listed {
  id: string
  /** Its part of the entry. */
  code: string
  /** Nothing, if not all of it can be reached. */
  access: (bindings: Bindings) => ModuleAccess | undefined
}

/** What the entry is to import of each module. */
export function list(infos: ParsedModule[]): Listed[] {
  const wrapped = findWrapped(infos)
  return infos.map((info, index) =>
    info.format === 'es' ? listEs(info, index, wrapped.has(info.id)) : listOther(info, index),
  )
}

/** CommonJS, JSON, and modules that neither import nor export. */
function listOther({ id }: ParsedModule, index: number): Listed {
  return {
    id,
    code: codeOfEvaluator(id, index),
    access({ calls }) {
      const call = calls.get(evaluatorName(index))
      if (!call?.callee) return call && {}
      return call.isCommonJs ? { require: call.callee } : { init: call.callee }
    },
  }
}

function listEs(info: ParsedModule, index: number, isWrapped: boolean): Listed {
  const { id, exports } = info
  const names = exports.filter((name) => name !== '*')
  const stars = exports.includes('*') ? starsOf(info) : []
  const specifiers = names.map((name, at) => `${JSON.stringify(name)} as n${index}_${at}`)
  const statement = `export { ${specifiers.join(', ')} } from ${specifierOf(id)}\n`
  return {
    id,
    code: isWrapped ? statement + codeOfEvaluator(id, index) : statement,
    access({ values, calls, obscure }) {
      if (isWrapped && !calls.has(evaluatorName(index))) return undefined
      const own: Record<string, Binding> = {}
      const elsewhere: string[] = []
      for (const [at, name] of names.entries()) {
        const binding = values.get(`n${index}_${at}`)
        if (!binding) elsewhere.push(name)
        else if (!isWrapped && obscure.has(binding[0])) return undefined
        else own[name] = binding
      }
      // Of modules that are in none of the outputs, such as built-ins.
      const reexports = elsewhere.length > 0 ? reexportsOf(info, elsewhere) : undefined
      if (elsewhere.length > 0 && !reexports) return undefined
      const init = calls.get(evaluatorName(index))?.callee
      return {
        exports: own,
        ...(reexports && { reexports }),
        ...(stars.length > 0 && { stars }),
        ...(init && { init }),
      }
    },
  }
}

const evaluatorName = (index: number): string => `e${index}`

const specifierOf = (id: string): string => JSON.stringify(MODULE + id)

const codeOfEvaluator = (id: string, index: number): string =>
  `export const ${evaluatorName(index)} = () => require(${specifierOf(id)})\n`

/**
 * ES modules that CommonJS requires, and whatever those import: the bundler puts them in functions
 * that have to be called before their bindings have values.
 */
function findWrapped(infos: ParsedModule[]): Set<string> {
  const byId = new Map(infos.map((info) => [info.id, info]))
  const wrapped = new Set<string>()
  const wrap = (id: string): void => {
    const info = byId.get(id)
    if (!info || wrapped.has(id)) return
    wrapped.add(id)
    for (const imported of info.importedIds) wrap(imported)
  }
  for (const info of infos) {
    if (info.format !== 'es' || requires(info)) info.importedIds.forEach(wrap)
  }
  return wrapped
}

/** Whether an ES module calls `require()` as well. */
function requires({ id, code }: ParsedModule): boolean {
  const source = code()
  if (!/\brequire\s*\(/.test(source)) return false
  let found = false
  // By namespace: Vite 6 and 7 have no such export, and a named import would not even load there.
  const visitor = new vite.Visitor({
    CallExpression({ callee }) {
      if (callee.type === 'Identifier' && callee.name === 'require') found = true
    },
  })
  visitor.visit(parseModule(id, source).program)
  return found
}

/** What a module re-exports by `export *`. */
function starsOf({ id, code }: ParsedModule): string[] {
  return parseModule(id, code()).program.body.flatMap((node) =>
    node.type === 'ExportAllDeclaration' && !node.exported ? node.source.value : [],
  )
}

/** Where a module re-exports `names` from, or nothing if it does not re-export all of them. */
function reexportsOf(
  { id, code }: ParsedModule,
  names: string[],
): Record<string, Reexport> | undefined {
  const imported = new Map<string, Reexport>()
  const exported = new Map<string, Reexport>()
  for (const node of parseModule(id, code()).program.body) {
    if (node.type === 'ImportDeclaration') {
      for (const specifier of node.specifiers) {
        imported.set(specifier.local.name, [node.source.value, importedName(specifier)])
      }
    } else if (node.type === 'ExportAllDeclaration' && node.exported) {
      exported.set(nameOf(node.exported), [node.source.value, '*'])
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const specifier of node.specifiers) {
        const local = nameOf(specifier.local)
        const from: Reexport | undefined = node.source
          ? [node.source.value, local]
          : imported.get(local)
        if (from) exported.set(nameOf(specifier.exported), from)
      }
    }
  }
  const found = names.map((name) => [name, exported.get(name)] as const)
  if (found.some(([, reexport]) => !reexport)) return undefined
  return Object.fromEntries(found) as Record<string, Reexport>
}

/**
 * What the bundler made of the entries. To evaluate a module it writes `require_a()` for CommonJS,
 * and for an ES module `(init_a(), toCommonJS(…))`, without `init_a()` if that has nothing to do.
 *
 * @param files - the outputs that will be there to import from.
 */
export function readEntries(
  entries: Iterable<Rolldown.OutputChunk>,
  files: ReadonlySet<string>,
): Bindings {
  const values = new Map<string, Binding>()
  const calls = new Map<string, Call>()
  const calledAnyway = new Map<string, string>()
  const calledHere = new Set<string>()
  for (const { code, fileName } of entries) {
    const { imports, exports, evaluators, inits } = parseEntry(code)
    for (const [exported, local] of exports) {
      const body = typeof local === 'string' && evaluators.get(local)
      if (body) {
        const name = calledName(body.type === 'SequenceExpression' ? body.expressions[0]! : body)
        const callee = imports.get(name ?? '')
        if (name === undefined) calls.set(exported, { isCommonJs: false })
        if (!callee) continue
        calledHere.add(String(callee))
        if (!files.has(callee[0])) continue
        calls.set(exported, { callee, isCommonJs: body.type === 'CallExpression' })
      } else {
        const value: Binding | undefined =
          typeof local === 'string' ? (imports.get(local) ?? [fileName, exported]) : local
        if (files.has(value[0])) values.set(exported, value)
      }
    }
    for (const init of inits) {
      const callee = imports.get(init)
      if (callee) calledAnyway.set(String(callee), callee[0])
    }
  }
  for (const callee of calledHere) calledAnyway.delete(callee)
  return { values, calls, obscure: new Set(calledAnyway.values()) }
}

interface Entry {
  imports: Map<string, Binding>
  /** Names of its own, or what it re-exports. */
  exports: Map<string, string | Binding>
  /** The functions in it, by name: what they return. */
  evaluators: Map<string, ESTree.Node>
  /** Functions that it calls itself. */
  inits: string[]
}

function parseEntry(code: string): Entry {
  const imports: Entry['imports'] = new Map()
  const exports: Entry['exports'] = new Map()
  const evaluators: Entry['evaluators'] = new Map()
  const inits: string[] = []
  for (const node of parseAst(code).body) {
    if (node.type === 'ImportDeclaration') {
      const file = outputOf(node.source)
      for (const specifier of node.specifiers) {
        if (file) imports.set(specifier.local.name, [file, importedName(specifier)])
      }
    } else if (node.type === 'VariableDeclaration') {
      for (const { id, init } of node.declarations) {
        if (id.type !== 'Identifier' || !init) continue
        if (init.type === 'ArrowFunctionExpression') evaluators.set(id.name, init.body)
        const member = memberOf(init)
        const object = member && imports.get(member.object)
        if (object) imports.set(id.name, [object[0], object[1], member.property])
      }
    } else if (node.type === 'ExpressionStatement') {
      inits.push(calledName(node.expression) ?? '')
    } else if (node.type === 'ExportNamedDeclaration') {
      const file = node.source && outputOf(node.source)
      for (const { exported, local } of node.specifiers) {
        if (file) exports.set(nameOf(exported), [file, nameOf(local)])
        else if (!node.source) exports.set(nameOf(exported), nameOf(local))
      }
    }
  }
  return { imports, exports, evaluators, inits }
}

/** The output, if it is none of what stays outside. */
function outputOf({ value }: ESTree.StringLiteral): string | undefined {
  return value.startsWith('./') ? path.posix.normalize(value) : undefined
}

function importedName(specifier: ESTree.ImportDeclarationSpecifier): string {
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported)
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*'
}

/** `a` in `a()`. */
function calledName(node: ESTree.Node): string | undefined {
  if (node.type !== 'CallExpression' || node.arguments.length > 0) return undefined
  return node.callee.type === 'Identifier' ? node.callee.name : undefined
}

/** What an ES module re-exports of CommonJS is a property of its own copy of `module.exports`. */
function memberOf(node: ESTree.Expression): { object: string; property: string } | undefined {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return undefined
  const { object, property } = node
  if (property.type === 'Identifier') return { object: object.name, property: property.name }
  if (property.type !== 'Literal') return undefined
  return { object: object.name, property: String(property.value) }
}

const nameOf = (node: ESTree.ModuleExportName): string =>
  node.type === 'Literal' ? node.value : node.name
