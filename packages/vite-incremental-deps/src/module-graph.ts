import path from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import type { Rolldown } from 'vite'
import { SideEffects } from './side-effects.ts'

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

/** Before the ids of this package's own modules. */
const OWN = '\0holdfast-'
/** The bundler's helpers. */
const RUNTIME = '\0rolldown/'

/** How often it is looked whether a virtual module is loaded by now. */
const LOOKS = 20

/** Whether a module may have state, and so must not be there twice. */
export const isShared = (id: string): boolean => !id.startsWith(OWN) && !id.startsWith(RUNTIME)

/** The modules of one bundle. */
export class ModuleGraph {
  readonly #modules = new Map<string, ParsedModule>()
  /** Those that are known to be loaded, in the order in which that was found. */
  readonly #expected = new Set<string>()
  /** Ids that are imported, of virtual modules or of what stays outside. */
  readonly #unsure = new Set<string>()
  readonly #sideEffects = new SideEffects()

  /** Has to be called with each module. */
  parsed(info: Rolldown.ModuleInfo): void {
    const { id } = info
    if (this.#modules.has(id)) return
    this.#unsure.delete(id)
    const { inputFormat: format, exports, importedIds, dynamicallyImportedIds } = info
    this.#modules.set(id, { id, format, exports, importedIds, code: () => info.code ?? '' })
    for (const imported of [...importedIds, ...dynamicallyImportedIds]) this.expect(imported)
  }

  /** Has to be called with the id of each module that is not a file, when it is loaded. */
  expectVirtual(id: string): void {
    if (id.startsWith(RUNTIME)) return
    this.#unsure.delete(id)
    this.#expected.add(id)
  }

  /** Has to be called with the ids of entries. */
  expect(id: string): void {
    if (this.#expected.has(id) || this.#modules.has(id)) return
    // Of what stays outside nothing is ever loaded: to ask for it would be to wait for ever.
    const isFile = /^[^?#]*\.(?:[cm]?[jt]sx?|json)$/.test(id) && path.isAbsolute(id)
    if (isFile || id.startsWith(OWN)) this.#expected.add(id)
    else this.#unsure.add(id)
  }

  /** Waits until all of them are parsed, but for those that cannot be. */
  async complete(context: Rolldown.PluginContext): Promise<ParsedModule[]> {
    for (let looks = 0; looks < LOOKS; looks++) {
      // What is added while it goes on is visited too. A module that fails resolves all the same.
      for (const id of this.#expected) {
        if (!this.#modules.has(id)) this.parsed(await this.#load(context, id))
      }
      // Nothing tells the two apart until a virtual module is loaded, which it is soon. One that is
      // late has no access, so that who needs it later is left to Vite.
      const isSure = [...this.#unsure].every((id) => context.getModuleInfo(id)?.code === null)
      if (isSure) break
      await immediate()
    }
    return [...this.#modules.values()].filter(({ id }) => isShared(id))
  }

  /**
   * The bundler takes a module as whoever comes first has it load it, which may be this: it has not
   * resolved all imports yet. Of `sideEffects` it would know nothing then, and assume some.
   */
  #load(context: Rolldown.PluginContext, id: string): Promise<Rolldown.ModuleInfo> {
    const moduleSideEffects = this.#sideEffects.of(id)
    return context.load({ id, ...(moduleSideEffects !== undefined && { moduleSideEffects }) })
  }
}
