import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { init, parse } from 'es-module-lexer'
import type { DevEnvironment } from 'vite'
import { packageOf } from './options.ts'
import { packagesIn } from './packages-in.ts'

/** What an output imports. */
interface Imports {
  /** Files of other outputs, statically. */
  statics: string[]
  dynamics: string[]
  /** Why what it imports may be of the application, if it may. */
  foreign?: string
}

/**
 * The outputs of an environment's optimizer, and what they import. An output may be kept over a reload
 * only if it can never hold a module of the application, which a reload replaces: neither it nor
 * anything that it imports, statically, dynamically, or by way of others.
 */
export class OutputGraph {
  #environment: DevEnvironment
  #excluded: ReadonlySet<string>
  /** By file; an output never changes under its name and version. */
  #imports = new Map<string, Promise<Imports>>()
  #reasons = new Map<string, Promise<string | undefined>>()
  #refused = new Map<string, string>()
  #browserHash = ''

  /** @param excluded Names of packages; to be followed by {@link reconsider} where it changes. */
  constructor(environment: DevEnvironment, excluded: ReadonlySet<string>) {
    this.#environment = environment
    this.#excluded = excluded
  }

  /** Whether a module of the environment is an output. */
  has(id: string): boolean {
    return this.#environment.depsOptimizer?.isOptimizedDepFile(id) ?? false
  }

  /** Another one after each run of Vite's optimizer that replaces outputs. */
  get version(): string {
    const { browserHash = '' } = this.#environment.depsOptimizer?.metadata ?? {}
    if (browserHash !== this.#browserHash) {
      this.#browserHash = browserHash
      this.#imports.clear()
      this.#refused.clear()
      this.#reasons.clear()
    }
    return browserHash
  }

  /** The dependency whose entry a file is, or the file's own name. */
  nameOf(file: string): string {
    return this.#dependencyOf(file) ?? path.posix.basename(file)
  }

  #dependencyOf(file: string): string | undefined {
    const { metadata } = this.#environment.depsOptimizer!
    const infos = [metadata.discovered, metadata.optimized].flatMap((of) => Object.values(of))
    return infos.find((info) => info.file === file)?.id
  }

  /** The package that an output is the entry of, or those that it has modules of. */
  async packagesOf(file: string): Promise<string[]> {
    const name = this.packageOf(file)
    return name === undefined ? packagesIn(file) : [name]
  }

  /** The package that an output is the entry of; none of a chunk. */
  packageOf(file: string): string | undefined {
    const dependency = this.#dependencyOf(file)
    return dependency && packageOf(dependency)
  }

  /** Why an output cannot be kept, if it cannot. */
  async reasonAgainst(id: string): Promise<string | undefined> {
    if (!/[?&]v=/.test(id)) return 'its URL has no version'
    const file = fileOf(id)
    let reason = this.#reasons.get(file)
    if (!reason) this.#reasons.set(file, (reason = this.#walk(file)))
    return reason
  }

  /** Has an output not be kept, nor what imports it, for what cannot be read in its file. */
  async refuse(id: string, reason: string): Promise<void> {
    if ((await this.reasonAgainst(id)) !== undefined) return
    this.#refused.set(fileOf(id), reason)
    this.reconsider()
  }

  /** To be called when what is excluded has changed. */
  reconsider(): void {
    this.#reasons.clear()
  }

  /** Visits all that a file imports, and finds circles on the way. */
  async #walk(root: string): Promise<string | undefined> {
    const done = new Set<string>()
    const visit = async (file: string, importers: string[]): Promise<string | undefined> => {
      if (importers.includes(file)) return this.#say(file, root, 'imports itself, by way of others')
      if (done.has(file)) return undefined
      const refused = this.#refused.get(file) ?? (await this.#excludedIn(file))
      if (refused) return this.#say(file, root, refused)
      const { statics, dynamics, foreign } = await this.#importsOf(file)
      if (foreign) return this.#say(file, root, foreign)
      for (const imported of statics) {
        const reason = await visit(imported, [...importers, file])
        if (reason) return reason
      }
      done.add(file)
      for (const imported of dynamics) {
        const reason = await visit(imported, [])
        if (reason) return reason
      }
      return undefined
    }
    return visit(root, [])
  }

  #say(file: string, root: string, what: string): string {
    const name = this.nameOf(file)
    return file === root ? `it ${what}` : `it imports ${name}, which ${what}`
  }

  async #excludedIn(file: string): Promise<string | undefined> {
    if (this.#excluded.size === 0) return undefined
    const names = [...(await this.packagesOf(file)), ...(await packagesIn(file))]
    const excluded = names.find((name) => this.#excluded.has(name))
    return excluded && `holds ${excluded}, which is excluded`
  }

  #importsOf(file: string): Promise<Imports> {
    let imports = this.#imports.get(file)
    if (!imports) this.#imports.set(file, (imports = this.#lex(file)))
    return imports
  }

  async #lex(file: string): Promise<Imports> {
    await init()
    const code = await readFile(file, 'utf8').catch(() => undefined)
    if (code === undefined) return { statics: [], dynamics: [], foreign: 'is not there any more' }
    const found: Imports = { statics: [], dynamics: [] }
    for (const one of parse(code)[0]) {
      if (one.type === 'import-meta') continue
      const { specifier, type } = one
      if (specifier === undefined || (type === 'dynamic' && one.glob)) {
        return { ...found, foreign: 'imports what it names at run time' }
      }
      if (/^\.\.?\//.test(specifier)) {
        const imported = path.posix.join(path.posix.dirname(file), specifier)
        if (!this.has(imported)) return { ...found, foreign: `imports ${specifier}` }
        found[type === 'dynamic' ? 'dynamics' : 'statics'].push(imported)
      } else if (!this.isOfRuntime(specifier)) {
        return { ...found, foreign: `imports ${specifier}, which is not optimized` }
      }
    }
    return found
  }

  /** Whether the runtime has it, and has it once. */
  isOfRuntime(specifier: string): boolean {
    const { builtins } = this.#environment.config.resolve
    return (
      isBuiltin(specifier) ||
      /^(?:node|cloudflare|workerd|bun|deno):/.test(specifier) ||
      builtins.some((one) => (typeof one === 'string' ? one === specifier : one.test(specifier)))
    )
  }
}

export const fileOf = (id: string): string => id.replace(/[?#].*$/s, '')
