import type { DevEnvironment, EnvironmentModuleNode, HotPayload, HotUpdateOptions } from 'vite'

/** What one environment had when a change was invalidated. */
interface Before {
  reloads: number
  /** Those that Vite has invalidated, as modules of the changed file. */
  modules: ReadonlySet<EnvironmentModuleNode>
}

/**
 * Tells which messages of Vite's HMR have nothing left to say: an optimizer that ran for what a
 * change brings has reloaded everything, the change too. A second reload would take as long again.
 */
export class Superseded {
  readonly #reloads = new WeakMap<DevEnvironment, number>()
  readonly #before = new WeakMap<HotUpdateOptions['read'], Map<DevEnvironment, Before>>()

  /** To be called with all that is sent to an environment's runner. */
  sent(environment: DevEnvironment, payload: HotPayload): void {
    // One that a file triggers reloads only what depends on it.
    if (payload.type !== 'full-reload' || payload.triggeredBy !== undefined) return
    this.#reloads.set(environment, this.#count(environment) + 1)
  }

  /** To be called when a change is invalidated, and before anything is done about it. */
  begin({ file, read }: HotUpdateOptions, environments: readonly DevEnvironment[]): void {
    const before = environments.map((environment) => {
      const modules = new Set(environment.moduleGraph.getModulesByFile(file))
      return [environment, { reloads: this.#count(environment), modules }] as const
    })
    // `read` is the change's own, and the same in all environments.
    this.#before.set(read, new Map(before))
  }

  /**
   * Whether the environment's runner has been told of the change. Not if a plugin has added modules
   * to it, as those are invalidated only when it is delivered.
   */
  has({ modules, read }: HotUpdateOptions, environment: DevEnvironment): boolean {
    const before = this.#before.get(read)?.get(environment)
    return (
      before !== undefined &&
      this.#count(environment) > before.reloads &&
      modules.every((module) => before.modules.has(module))
    )
  }

  #count(environment: DevEnvironment): number {
    return this.#reloads.get(environment) ?? 0
  }
}
