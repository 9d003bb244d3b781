import { setImmediate as immediate } from 'node:timers/promises'
import { observeRunner } from '@holdfast/vite-hmr-bridge'
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
  invalidated: ReadonlyMap<DevEnvironment, number>
}

/**
 * Tells which messages of Vite's HMR have nothing left to say: an optimizer that ran for what a
 * change brings has reloaded everything, the change too. A second reload would take as long again.
 */
export class Superseded {
  readonly #environments: readonly DevEnvironment[]
  readonly #reloads = new WeakMap<DevEnvironment, Reload>()
  readonly #before = new WeakMap<HotUpdateOptions['read'], Map<DevEnvironment, Before>>()

  constructor(environments: readonly DevEnvironment[]) {
    this.#environments = environments
  }

  /** To be called with all that is sent to an environment's runner. */
  sent(environment: DevEnvironment, payload: HotPayload): void {
    // One that a file triggers reloads only what depends on it.
    if (payload.type !== 'full-reload' || payload.triggeredBy !== undefined) return
    const invalidated = new Map(this.#environments.map((one) => [one, lastInvalidation(one)]))
    this.#reloads.set(environment, { invalidated })
  }

  /** To be called when a change is invalidated, and before anything is done about it. */
  begin({ file, read, type }: HotUpdateOptions): void {
    // Of files that appear or go, Vite invalidates nothing yet.
    if (type !== 'update') return
    const before = this.#environments.map((environment) => {
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
  async passed(): Promise<void> {
    await immediate()
    await immediate()
    const last = Math.max(
      ...this.#environments.flatMap((one) => [
        0,
        ...(this.#reloads.get(one)?.invalidated.values() ?? []),
      ]),
    )
    // From Vite 7 on that clock never repeats, and may be ahead.
    while (Date.now() === last) await immediate()
  }

  /**
   * Whether those who run the environment's modules have been told of the change. Not if a plugin has added modules to it, as those are
   * invalidated only when it is delivered, or has invalidated some on its own.
   */
  has({ modules, read }: HotUpdateOptions, environment: DevEnvironment): boolean {
    const before = this.#before.get(read)
    const told = this.#holdersOf(environment)
    const isReloaded = (one: DevEnvironment): boolean => {
      const reload = this.#reloads.get(one)
      return (
        reload !== undefined &&
        reload !== before?.get(one)?.reload &&
        reload.invalidated.get(environment) === lastInvalidation(environment)
      )
    }
    const invalidated = before?.get(environment)?.modules
    return (
      invalidated !== undefined &&
      modules.every((module) => invalidated.has(module)) &&
      told.every(isReloaded)
    )
  }

  /** Those whose runners hold the environment's modules; all, as long as nobody is known to. */
  #holdersOf(environment: DevEnvironment): readonly DevEnvironment[] {
    const { fetchedBy, hasRunner } = observeRunner(environment)
    const holders = [...(hasRunner ? [environment] : []), ...fetchedBy]
    return holders.length > 0 ? holders : this.#environments
  }
}

function lastInvalidation({ moduleGraph }: DevEnvironment): number {
  let last = 0
  for (const { lastInvalidationTimestamp } of moduleGraph.idToModuleMap.values()) {
    last = Math.max(last, lastInvalidationTimestamp)
  }
  return last
}
