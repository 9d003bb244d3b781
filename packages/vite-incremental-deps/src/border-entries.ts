import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Rolldown } from 'vite'
import { ACCESS_ENTRY } from './find-access.ts'
import { packageOf } from './packages.ts'

/**
 * Makes an entry of every module that is imported across the border of its package, in one bundle:
 * a dependency that comes later may import the same one, and has to get this very instance.
 */
export class BorderEntries {
  readonly #emitted = new Set<string>()
  readonly #isEntry: (id: string) => boolean

  /** @param isEntry - tells which modules are entries already. */
  constructor(isEntry: (id: string) => boolean) {
    this.#isEntry = isEntry
  }

  parsed(context: Rolldown.PluginContext, info: Rolldown.ModuleInfo): void {
    if (info.id === ACCESS_ENTRY) return
    const importerHome = packageOf(info.id)
    for (const id of [...info.importedIds, ...info.dynamicallyImportedIds]) {
      // Styles and assets are external, by their path.
      if (!path.isAbsolute(id) || !/\.(?:[cm]?js|json)$/.test(id)) continue
      if (this.#emitted.has(id) || this.#isEntry(id)) continue
      const home = packageOf(id)
      if (!home || home === importerHome) continue
      this.#emitted.add(id)
      context.emitFile({ type: 'chunk', id, name: nameOf(id, home) })
    }
  }
}

/** Readable, and its own for each version of a package. */
function nameOf(id: string, directory: string): string {
  const name = path.basename(directory)
  const rest = path.relative(directory, id).replaceAll(/[^\w-]+/g, '_')
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8)
  return `${name}__${rest}__${hash}`
}
