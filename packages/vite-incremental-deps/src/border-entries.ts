import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Rolldown } from 'vite'
import { isSmall, packageOf } from './packages.ts'

/**
 * Makes an entry of every module that is imported across the border of its package, in one bundle:
 * a dependency that comes later may import the same one, and has to get this very instance.
 */
export class BorderEntries {
  readonly #emitted = new Map<string, string>()
  readonly #formats = new Map<string, string>()
  readonly #small = new Map<string, boolean>()
  readonly #isAddressable: (id: string) => boolean

  /** @param isAddressable - tells which modules need no entry: those that have one, or are served. */
  constructor(isAddressable: (id: string) => boolean) {
    this.#isAddressable = isAddressable
  }

  parsed(context: Rolldown.PluginContext, info: Rolldown.ModuleInfo): void {
    this.#formats.set(info.id, info.inputFormat)
    const importerHome = packageOf(info.id)
    for (const id of [...info.importedIds, ...info.dynamicallyImportedIds]) {
      // Styles and assets are external, by their path.
      if (!path.isAbsolute(id) || !/\.(?:[cm]?js|json)$/.test(id)) continue
      if (this.#emitted.has(id) || this.#isAddressable(id)) continue
      const home = packageOf(id)
      if (!home || (home === importerHome && !this.#isSmall(home))) continue
      this.#emitted.set(id, context.emitFile({ type: 'chunk', id, name: nameOf(id, home) }))
    }
  }

  formatOf(id: string): string | undefined {
    return this.#formats.get(id)
  }

  /** The files of the entries that were added. */
  files(context: Rolldown.PluginContext): Set<string> {
    return new Set([...this.#emitted.values()].map((reference) => context.getFileName(reference)))
  }

  #isSmall(directory: string): boolean {
    let answer = this.#small.get(directory)
    if (answer === undefined) this.#small.set(directory, (answer = isSmall(directory)))
    return answer
  }
}

/** Readable, and its own for each version of a package. */
function nameOf(id: string, directory: string): string {
  const name = path.basename(directory)
  const rest = path.relative(directory, id).replaceAll(/[^\w-]+/g, '_')
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8)
  return `${name}__${rest}__${hash}`
}
