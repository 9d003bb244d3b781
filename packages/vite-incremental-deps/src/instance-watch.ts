import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

/**
 * Notices when an output is imported by two URLs: whoever runs it evaluates it twice, and pages stay
 * wrong until someone finds out. A full reload puts right whatever was left behind by an earlier
 * state; what comes back after it is in the project, and is only reported.
 */
export class InstanceWatch {
  readonly #environment: DevEnvironment
  readonly #directory: string
  readonly #idsByFile = new Map<string, Set<string>>()
  readonly #reported = new Set<string>()

  /** @param directory - where the environment's outputs are. */
  constructor(environment: DevEnvironment, directory: string) {
    this.#environment = environment
    this.#directory = `${directory}/`
  }

  /** Has to be called when the outputs were replaced: they get new URLs then. */
  forget(): void {
    this.#idsByFile.clear()
  }

  /** Has to be called with the id of each module that is served. */
  served(id: string): void {
    if (!id.startsWith(this.#directory)) return
    const file = id.replace(/\?.*$/, '')
    const ids = this.#idsByFile.get(file) ?? new Set()
    this.#idsByFile.set(file, ids.add(id))
    // Not at once: a run of Vite's that ends just now invalidates what imports the former URL.
    if (ids.size > 1 && !this.#reported.has(file)) setImmediate(() => this.#check(file, ids))
  }

  #check(file: string, ids: ReadonlySet<string>): void {
    const imported = [...ids].filter((id) => this.#isImported(id))
    if (imported.length < 2 || this.#reported.has(file)) return
    this.#reported.add(file)
    const { logger, hot, moduleGraph, name } = this.#environment
    const urls = imported.map((id) => id.slice(this.#directory.length)).join(' and ')
    logger.warn(
      `[${PACKAGE_NAME}] (${name}) a dependency is there twice, as ${urls}: reloading. If this ` +
        'comes back, look for who imports it by a URL of its own.',
      { timestamp: true },
    )
    moduleGraph.invalidateAll()
    hot.send({ type: 'full-reload', path: '*' })
  }

  /** By a module that is not out of date itself. */
  #isImported(id: string): boolean {
    const importers = this.#environment.moduleGraph.getModuleById(id)?.importers ?? []
    return [...importers].some(({ transformResult }) => transformResult !== null)
  }
}
