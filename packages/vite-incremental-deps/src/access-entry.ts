import path from 'node:path'
import { parseAst } from 'vite'
import type { ESTree, Rolldown } from 'vite'
import type { Binding, ModuleAccess } from './record.ts'

/** What the entry exports, by the name under which it does. */
interface Bindings {
  values: Map<string, Binding>
  /** Of functions that evaluate something: what they call. */
  calls: Map<string, Binding>
}

export interface Listed {
  id: string
  /** Its part of the entry. */
  code: string
  /** Nothing, if not all of it can be reached. */
  access: (bindings: Bindings) => ModuleAccess | undefined
}

/** What the entry is to import of each module. */
export function list(infos: Rolldown.ModuleInfo[]): Listed[] {
  const wrapped = findWrapped(infos)
  return infos.map((info, index) => {
    const { id, inputFormat } = info
    const from = JSON.stringify(id)
    const evaluate = `e${index}`
    const evaluator = `export const ${evaluate} = () => require(${from})\n`
    if (inputFormat !== 'es') {
      return {
        id,
        code: evaluator,
        access({ calls }) {
          const require = calls.get(evaluate)
          return require && { require }
        },
      }
    }

    const names = info.exports.filter((name) => name !== '*')
    const stars = names.length < info.exports.length ? starsOf(info.code ?? '') : []
    const exported = names.map((name, at) => `${JSON.stringify(name)} as n${index}_${at}`)
    const isWrapped = wrapped.has(id)
    return {
      id,
      code: `export { ${exported.join(', ')} } from ${from}\n${isWrapped ? evaluator : ''}`,
      access({ values, calls }) {
        const found = names.map((name, at) => [name, values.get(`n${index}_${at}`)] as const)
        const init = calls.get(evaluate)
        if (found.some(([, binding]) => !binding) || (isWrapped && !init)) return undefined
        const exports = Object.fromEntries(found) as Record<string, Binding>
        return { exports, ...(stars.length > 0 && { stars }), ...(init && { init }) }
      },
    }
  })
}

/**
 * ES modules that CommonJS requires, and whatever those import: the bundler puts them in functions
 * that have to be called before their bindings have values. One too many does no harm.
 */
function findWrapped(infos: Rolldown.ModuleInfo[]): Set<string> {
  const byId = new Map(infos.map((info) => [info.id, info]))
  const wrapped = new Set<string>()
  const wrap = (id: string): void => {
    const info = byId.get(id)
    if (!info || wrapped.has(id)) return
    wrapped.add(id)
    for (const imported of info.importedIds) wrap(imported)
  }
  for (const { inputFormat, code, importedIds } of infos) {
    if (inputFormat !== 'es' || /\brequire\s*\(/.test(code ?? '')) importedIds.forEach(wrap)
  }
  return wrapped
}

/** What a module re-exports by `export *`. */
function starsOf(code: string): string[] {
  return parseAst(code).body.flatMap((node) =>
    node.type === 'ExportAllDeclaration' && !node.exported ? node.source.value : [],
  )
}

/**
 * What the bundler made of the entry.
 *
 * @param isKept - whether what the entry has inside itself can be imported from it.
 */
export function readEntry({ code, fileName }: Rolldown.OutputChunk, isKept: boolean): Bindings {
  const values = new Map<string, Binding>()
  const imports = new Map<string, Binding>()
  const callees = new Map<string, string>()
  const exports = new Map<string, string>()
  for (const node of parseAst(code).body) {
    if (node.type === 'ImportDeclaration') {
      for (const specifier of node.specifiers) {
        const imported = importedName(specifier)
        if (imported) imports.set(specifier.local.name, [fileOf(node.source), imported])
      }
    } else if (node.type === 'VariableDeclaration') {
      for (const { id, init } of node.declarations) {
        if (id.type !== 'Identifier' || !init) continue
        const callee = calleeOf(init)
        if (callee) callees.set(id.name, callee)
        const member = memberOf(init)
        const object = member && imports.get(member.object)
        if (object) imports.set(id.name, [object[0], object[1], member.property])
      }
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const { exported, local } of node.specifiers) {
        if (node.source) values.set(nameOf(exported), [fileOf(node.source), nameOf(local)])
        else exports.set(nameOf(exported), nameOf(local))
      }
    }
  }

  const calls = new Map<string, Binding>()
  for (const [exported, local] of exports) {
    const value = imports.get(local) ?? (isKept ? [fileName, exported] : undefined)
    if (value) values.set(exported, value as Binding)
    const call = imports.get(callees.get(local) ?? '')
    if (call) calls.set(exported, call)
  }
  return { values, calls }
}

const fileOf = ({ value }: ESTree.StringLiteral): string => path.posix.basename(value)

function importedName(specifier: ESTree.ImportDeclarationSpecifier): string | undefined {
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported)
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : undefined
}

/** `require_a` in `() => require_a()`, `init_a` in `() => (init_a(), …)`. */
function calleeOf(node: ESTree.Expression): string | undefined {
  if (node.type !== 'ArrowFunctionExpression' || !node.expression) return undefined
  const body = node.body as ESTree.Node
  const call = body.type === 'SequenceExpression' ? body.expressions[0] : body
  if (call?.type !== 'CallExpression') return undefined
  return call.callee.type === 'Identifier' ? call.callee.name : undefined
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
