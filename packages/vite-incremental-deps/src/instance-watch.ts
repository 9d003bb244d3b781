import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

/**
 * Notices when an output is served under two URLs: whoever runs it evaluates it twice, and pages
 * stay wrong until someone finds out. A full reload puts right whatever was left behind by an
 * earlier state; what comes back after it is in the project, and is only reported.
 */
export class InstanceWatch {
  readonly #environment: DevEnvironment
  readonly #directory: string
  readonly #ids = new Map<string, string>()
  readonly #reported = new Set<string>()

  /** @param directory - where the environment's outputs are. */
  constructor(environment: DevEnvironment, directory: string) {
    this.#environment = environment
    this.#directory = `${directory}/`
  }

  /** Has to be called when the outputs were replaced: they get new URLs then. */
  forget(): void {
    this.#ids.clear()
  }

  /** Has to be called with the id of each module that is served. */
  served(id: string): void {
    if (!id.startsWith(this.#directory)) return
    const file = id.replace(/\?.*$/, '')
    const known = this.#ids.get(file)
    if (known === undefined) this.#ids.set(file, id)
    if (known === undefined || known === id || this.#reported.has(file)) return
    this.#reported.add(file)
    this.#ids.clear()

    const { logger, hot, moduleGraph, name } = this.#environment
    const urls = [known, id].map((each) => each.slice(this.#directory.length)).join(' and ')
    logger.warn(
      `[${PACKAGE_NAME}] (${name}) a dependency is there twice, as ${urls}: reloading. If this ` +
        'comes back, look for who imports it by a URL of its own.',
      { timestamp: true },
    )
    // Not while the module that was noticed is being served.
    setImmediate(() => {
      moduleGraph.invalidateAll()
      hot.send({ type: 'full-reload', path: '*' })
    })
  }
}
