import path from 'node:path'
import type { Rolldown } from 'vite'
import { isServedId } from './served-modules.ts'

/** What is known of a module that was parsed. */
export interface ParsedModule {
  id: string
  format: Rolldown.ModuleInfo['inputFormat']
  /** The names it exports, and a `*` for each `export * from`. */
  exports: string[]
  importedIds: string[]
  /** As it was parsed. */
  code: () => string
}

/** The modules of one bundle that may be asked for from outside. */
export class ModuleGraph {
  readonly #modules = new Map<string, ParsedModule>()
  /** Whatever was imported, in the order in which that was found. */
  readonly #expected: Set<string>

  /** @param roots - the ids of the bundle's entries. */
  constructor(roots: Iterable<string>) {
    this.#expected = new Set(roots)
  }

  /** Has to be called with each module. */
  parsed(info: Rolldown.ModuleInfo): void {
    const { id } = info
    if (this.#modules.has(id)) return
    const { inputFormat: format, exports, importedIds, dynamicallyImportedIds } = info
    this.#modules.set(id, { id, format, exports, importedIds, code: () => info.code ?? '' })
    for (const imported of importedIds) this.#expect(imported)
    for (const imported of dynamicallyImportedIds) this.#expect(imported)
  }

  /** Waits until all of them are parsed, but for those that cannot be. */
  async complete(context: Rolldown.PluginContext): Promise<ParsedModule[]> {
    // What is added while it goes on is visited too. A module that fails resolves all the same.
    for (const id of this.#expected) {
      if (!this.#modules.has(id)) this.parsed(await context.load({ id }))
    }
    return [...this.#modules.values()].filter(({ id }) => isSource(id))
  }

  /** What else is imported are externals, and virtual modules of plugins. */
  #expect(id: string): void {
    if (!this.#expected.has(id) && (isSource(id) || isServedId(id))) this.#expected.add(id)
  }
}

const isSource = (id: string): boolean => path.isAbsolute(id) && /\.(?:[cm]?js|json)$/.test(id)
