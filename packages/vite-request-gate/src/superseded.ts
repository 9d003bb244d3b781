import { setImmediate as immediate } from 'node:timers/promises'
import type { DevEnvironment, EnvironmentModuleNode, HotPayload, HotUpdateOptions } from 'vite'

/** What one environment had when a change was invalidated. */
interface Before {
  reload: Reload | undefined
  /** Those that Vite has invalidated, as modules of the changed file. */
  modules: ReadonlySet<EnvironmentModuleNode>
}

/** The last reload of everything in an environment. */
interface Reload {
  /** When a module was last invalidated before it, on Vite's clock. */
  invalidated: number
}

/**
 * Tells which messages of Vite's HMR have nothing left to say: an optimizer that ran for what a
 * change brings has reloaded everything, the change too. A second reload would take as long again.
 */
export class Superseded {
  readonly #reloads = new WeakMap<DevEnvironment, Reload>()
  readonly #before = new WeakMap<HotUpdateOptions['read'], Map<DevEnvironment, Before>>()

  /** To be called with all that is sent to an environment's runner. */
  sent(environment: DevEnvironment, payload: HotPayload): void {
    // One that a file triggers reloads only what depends on it.
    if (payload.type !== 'full-reload' || payload.triggeredBy !== undefined) return
    this.#reloads.set(environment, { invalidated: lastInvalidation(environment) })
  }

  /** To be called when a change is invalidated, and before anything is done about it. */
  begin({ file, read, type }: HotUpdateOptions, environments: readonly DevEnvironment[]): void {
    // Of files that appear or go, Vite invalidates nothing yet.
    if (type !== 'update') return
    const before = environments.map((environment) => {
      const reload = this.#reloads.get(environment)
      const modules = new Set(environment.moduleGraph.getModulesByFile(file))
      return [environment, { reload, modules }] as const
    })
    // `read` is the change's own, and the same in all environments.
    this.#before.set(read, new Map(before))
  }

  /**
   * Resolves when what is invalidated from now on can be told from what a reload has brought: the
   * clock of Vite 6 may give both the same millisecond. Also waits for the reload: an optimizer lets
   * go of those who wait for it before it sends one, and the bridge sends that on in an immediate.
   */
  async passed(environments: readonly DevEnvironment[]): Promise<void> {
    await immediate()
    await immediate()
    const last = Math.max(...environments.map((one) => this.#reloads.get(one)?.invalidated ?? 0))
    // From Vite 7 on that clock never repeats, and may be ahead.
    while (Date.now() === last) await immediate()
  }

  /**
   * Whether the environment's runner has been told of the change. Not if a plugin has added modules
   * to it, as those are invalidated only when it is delivered, or has invalidated some on its own.
   */
  has({ modules, read }: HotUpdateOptions, environment: DevEnvironment): boolean {
    const before = this.#before.get(read)?.get(environment)
    const reload = this.#reloads.get(environment)
    return (
      before !== undefined &&
      reload !== undefined &&
      reload !== before.reload &&
      modules.every((module) => before.modules.has(module)) &&
      lastInvalidation(environment) === reload.invalidated
    )
  }
}

function lastInvalidation({ moduleGraph }: DevEnvironment): number {
  let last = 0
  for (const { lastInvalidationTimestamp } of moduleGraph.idToModuleMap.values()) {
    last = Math.max(last, lastInvalidationTimestamp)
  }
  return last
}
