import { createServerModuleRunner } from 'vite'
import type { DevEnvironment } from 'vite'

/** Whoever runs the code of an environment. */
export interface Evaluator {
  /** Imports a module and calls its default export. */
  call(url: string): Promise<unknown>
  /** The ids of the optimized modules that it has evaluated. */
  instances(): Promise<string[]>
  /** Forgets everything, as a full reload does, and is done with it when this resolves. */
  reload(): Promise<void>
}

/**
 * Runs the server environment's code in this process. It hears of no reload: Vite's own runner
 * mixes generations of modules when it imports while it reloads, with or without the plugin.
 */
export class Runner implements Evaluator {
  readonly #environment: DevEnvironment
  #runner

  constructor(environment: DevEnvironment) {
    this.#environment = environment
    this.#runner = runnerOf(environment)
  }

  async call(url: string): Promise<unknown> {
    const module = await this.#runner.import<{ default: () => unknown }>(url)
    return module.default()
  }

  async reload(): Promise<void> {
    await this.#runner.close()
    this.#runner = runnerOf(this.#environment)
  }

  instances(): Promise<string[]> {
    const modules = [...this.#runner.evaluatedModules.idToModuleMap.values()]
    const ids = modules.filter(({ evaluated }) => evaluated).map(({ id }) => id)
    return Promise.resolve(ids.filter((id) => /\/deps_\w+\/[^/]+\.js/.test(id)))
  }
}

const runnerOf = (environment: DevEnvironment) =>
  createServerModuleRunner(environment, { hmr: false, sourcemapInterceptor: false })
