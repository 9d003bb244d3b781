import { setImmediate as immediate } from 'node:timers/promises'
import type { DevEnvironment, FullReloadPayload } from 'vite'
import { createCauseFinder, type Cause } from './cause.ts'
import { PACKAGE_NAME } from './constants.ts'
import { hasLinkedCopies, modulesBefore, modulesOf } from './copies.ts'
import { createHandshake, type Handshake } from './handshake.ts'
import { intercept } from './intercept.ts'
import type { Route } from './options.ts'
import { StormGuard } from './storm.ts'

/** Everything that is bridged in one dev server: one, however many plugin instances there are. */
export class Bridge {
  readonly #routes: Route[] = []
  readonly #endings = new Map<DevEnvironment, () => void>()
  readonly #storms = new Map<DevEnvironment, StormGuard>()
  readonly #handshakes = new Map<DevEnvironment, Handshake>()
  /** What was sent from here, which in a cycle must not come back. */
  readonly #forwarded = new WeakSet<FullReloadPayload>()
  #isUpdating = false
  #pending = new Map<DevEnvironment, Cause[]>()
  #flush: NodeJS.Immediate | undefined

  add(route: Route): void {
    const { source, target } = route
    this.#routes.push(route)
    this.#intercept(source)
    this.#intercept(target)
    if (!this.#storms.has(target)) {
      this.#storms.set(target, new StormGuard(target, () => this.#reload([target])))
    }
  }

  /** See `HmrBridgeApi`. */
  async applied(environment: DevEnvironment, timeout: number): Promise<boolean> {
    // Immediates run in the order they were set: what is pending now is sent before the ping.
    await immediate()
    if (this.#storms.get(environment)?.isHolding) return false
    const handshake = this.#handshakes.get(environment) ?? createHandshake(environment)
    this.#handshakes.set(environment, handshake)
    return handshake.ping(timeout)
  }

  close(): void {
    clearImmediate(this.#flush)
    for (const end of this.#endings.values()) end()
    for (const storm of this.#storms.values()) storm.close()
    for (const handshake of this.#handshakes.values()) handshake.close()
  }

  #intercept(environment: DevEnvironment): void {
    if (this.#endings.has(environment)) return
    const findCause = createCauseFinder(environment)
    const end = intercept(environment.hot, {
      sending: (payload) => this.#adapt(environment, payload),
      sent: (payload) => {
        if (this.#isUpdating || this.#forwarded.has(payload)) return
        const targets = this.#targetsOf(environment)
        if (targets.length === 0) return
        const cause = findCause(payload)
        for (const target of targets) {
          this.#pending.set(target, [...(this.#pending.get(target) ?? []), cause])
        }
        // Not at once: several in one tick become one, and Vite's own HMR in the target, which
        // takes its turn in the same tick, comes first.
        this.#flush ??= setImmediate(() => this.#forward())
      },
      failed: (error) => this.#report(environment, error),
    })
    this.#endings.set(environment, end)
  }

  /** All that hold modules of the source, be it through others. */
  #targetsOf(source: DevEnvironment): DevEnvironment[] {
    const reached = new Set([source])
    for (const environment of reached) {
      for (const route of this.#routes) if (route.source === environment) reached.add(route.target)
    }
    reached.delete(source)
    return [...reached]
  }

  /**
   * A target's own HMR may have come to the end of the graph on behalf of a source's file. The
   * runner knows that file by a virtual id and ignores a reload that is triggered by a file it does
   * not know.
   */
  #adapt(target: DevEnvironment, payload: FullReloadPayload): FullReloadPayload {
    const { triggeredBy: file, ...reload } = payload
    if (file === undefined || !hasLinkedCopies(target, file)) return payload
    const isOfSource = this.#routes.some(
      ({ source }) =>
        modulesOf(source, file).length > 0 && this.#targetsOf(source).includes(target),
    )
    return isOfSource ? reload : payload
  }

  #forward(): void {
    const pending = this.#pending
    this.#pending = new Map()
    this.#flush = undefined
    const reloads: DevEnvironment[] = []
    for (const [target, causes] of pending) {
      const open = causes.filter((cause) => demandOf(target, cause) !== 'nothing')
      if (open.length === 0 || !this.#storms.get(target)!.allows(open)) continue
      if (open.some((cause) => demandOf(target, cause) === 'reload')) reloads.push(target)
      else for (const { file, since } of open) this.#update(target, file!, since)
    }
    this.#reload(reloads)
  }

  #update(target: DevEnvironment, file: string, since: number): void {
    // Where no module accepts, Vite reloads the target: `#adapt` lets that through, and it must not
    // be forwarded in turn, or it would go round in a cycle for ever.
    this.#isUpdating = true
    for (const module of modulesBefore(target, file, since)) {
      target.reloadModule(module).catch((error: unknown) => this.#report(target, error))
    }
    this.#isUpdating = false
  }

  #reload(targets: DevEnvironment[]): void {
    // All before any is told: in a chain, one fetches through the graph of another.
    for (const { moduleGraph } of targets) moduleGraph.invalidateAll()
    for (const target of targets) {
      const payload: FullReloadPayload = { type: 'full-reload', path: '*' }
      this.#forwarded.add(payload)
      try {
        target.hot.send(payload)
      } catch (error) {
        this.#report(target, error)
      }
    }
  }

  #report({ name, logger }: DevEnvironment, error: unknown): void {
    logger.warnOnce(
      `[${PACKAGE_NAME}] "${name}" could not be told of a reload: ${String(error)}; ` +
        'before its runner is connected that does no harm; ' +
        'if it answers with old code, restart the server',
    )
  }
}

function demandOf(target: DevEnvironment, { file, since }: Cause): 'nothing' | 'update' | 'reload' {
  if (file === undefined || !hasLinkedCopies(target, file)) return 'reload'
  // All environments' modules of a file carry the time of the HMR pass that took them up: those of
  // the target are as recent as the source's if Vite has updated them itself.
  return modulesBefore(target, file, since).length > 0 ? 'update' : 'nothing'
}
