import { setImmediate as immediate } from 'node:timers/promises'
import type { DevEnvironment, EnvironmentModuleNode, FullReloadPayload, HotPayload } from 'vite'
import { createCauseFinder } from './cause.ts'
import { PACKAGE_NAME } from './constants.ts'
import { asksForReload, type Message } from './demand.ts'
import { createHandshake, type Handshake } from './handshake.ts'
import { intercept } from './intercept.ts'
import { observeRunner } from './observe-runner.ts'
import type { Route } from './options.ts'
import { StormGuard } from './storm.ts'

/** Everything that is bridged in one dev server: one, however many plugin instances there are. */
export class Bridge {
  readonly #routes: Route[] = []
  /** Those that are found anew each time. */
  readonly #finders: (() => Route[])[] = []
  readonly #endings = new Map<DevEnvironment, () => void>()
  readonly #storms = new Map<DevEnvironment, StormGuard>()
  readonly #handshakes = new Map<DevEnvironment, Handshake>()
  readonly #closed = new WeakSet<DevEnvironment>()
  readonly #causeOf = createCauseFinder()
  /** What was sent from here, which in a cycle must not come back. */
  readonly #forwarded = new WeakSet<HotPayload>()
  #messages: Message[] = []

  add(route: Route): void {
    this.#routes.push(route)
    this.#listen(route.source)
    this.#listen(route.target)
  }

  /** @param find is asked whenever one of the environments is sent a reload or an update. */
  addFinder(find: () => Route[], environments: DevEnvironment[]): void {
    this.#finders.push(find)
    for (const environment of environments) this.#listen(environment)
  }

  /** See `HmrBridgeApi`. */
  async applied(environment: DevEnvironment, timeout: number): Promise<boolean> {
    // Immediates run in the order they were set: what is pending now is sent before the ping.
    await immediate()
    if (this.#closed.has(environment) || this.#storms.get(environment)?.isHolding) return false
    const handshake = this.#handshakes.get(environment) ?? createHandshake(environment)
    this.#handshakes.set(environment, handshake)
    return handshake.ping(timeout)
  }

  /** One environment may be closed while the server runs on. */
  close(environment: DevEnvironment): void {
    this.#closed.add(environment)
    this.#endings.get(environment)?.()
    this.#storms.get(environment)?.close()
    this.#handshakes.get(environment)?.close()
  }

  #listen(environment: DevEnvironment): void {
    if (this.#endings.has(environment)) return
    const end = intercept(environment.hot, (payload) => {
      if (this.#forwarded.has(payload)) return
      if (this.#messages.push({ environment, payload }) > 1) return
      // Not at once: several in one tick become one, and whether a target needs it can only be told
      // when Vite's own HMR there, which takes its turn in the same tick, has sent its message.
      setImmediate(() => this.#attempt(environment, () => this.#forward()))
    })
    this.#endings.set(environment, end)
  }

  #stormOf(target: DevEnvironment): StormGuard {
    let storm = this.#storms.get(target)
    if (!storm) {
      storm = new StormGuard(target, () => this.#reload([target]))
      this.#storms.set(target, storm)
    }
    return storm
  }

  #forward(): void {
    const all = this.#messages
    this.#messages = []
    const routes = [...this.#routes, ...this.#finders.flatMap((find) => find())]
    const bridged = new Set(routes.flatMap(({ source, target }) => [source, target]))
    const messages = all.filter(({ environment }) => bridged.has(environment))
    const causes = new Map(messages.map((message) => [message, this.#causeOf(message)]))
    const targets: DevEnvironment[] = []
    for (const target of new Set(routes.map((route) => route.target))) {
      const sources = sourcesOf(target, routes)
      const asking = messages.filter((one) => asksForReload(one, target, sources, messages))
      if (asking.length === 0 || this.#closed.has(target)) continue
      const storm = this.#stormOf(target)
      if (!storm.allows(asking.map((message) => causes.get(message)))) continue
      targets.push(target)
      warnIfSwapped(target, sources, routes)
    }
    this.#reload(targets)
  }

  #reload(targets: DevEnvironment[]): void {
    // All before any is told: in a chain, one fetches through the graph of another.
    for (const target of targets) {
      this.#attempt(target, () => invalidateSources(target))
    }
    for (const target of targets) {
      const payload: FullReloadPayload = { type: 'full-reload', path: '*' }
      this.#forwarded.add(payload)
      this.#attempt(target, () => target.hot.send(payload))
    }
  }

  /** Nobody awaits what is done here: an error would end the process. */
  #attempt({ name, logger }: DevEnvironment, action: () => void): void {
    try {
      action()
    } catch (error) {
      logger.warnOnce(
        `[${PACKAGE_NAME}] a reload could not be forwarded ("${name}"): ${String(error)}; ` +
          'before a runner is connected that does no harm; ' +
          'if it answers with old code, restart the server',
      )
    }
  }
}

/** Not at start, when nobody can know: fetches in the other direction prove it. */
function warnIfSwapped(
  target: DevEnvironment,
  sources: Set<DevEnvironment>,
  routes: Route[],
): void {
  if (target.config.consumer === 'client') return
  const { fetchedBy, hasRunner } = observeRunner(target)
  if (hasRunner) return
  for (const source of fetchedBy) {
    if (!sources.has(source) || sourcesOf(source, routes).has(target)) continue
    target.logger.warnOnce(
      `[${PACKAGE_NAME}] reloads of "${source.name}" are forwarded to "${target.name}", which has ` +
        `no runner: it is "${source.name}" that fetches modules of "${target.name}"; ` +
        'swap `from` and `to`',
    )
  }
}

/** All whose modules the target holds, be it through others. */
function sourcesOf(target: DevEnvironment, routes: Route[]): Set<DevEnvironment> {
  const reached = new Set([target])
  for (const environment of reached) {
    for (const route of routes) if (route.target === environment) reached.add(route.source)
  }
  reached.delete(target)
  return reached
}

/**
 * Has the environment transform its modules anew, as `moduleGraph.invalidateAll()` does, but for
 * dependencies that its own optimizer has bundled, which take longest: nothing of another
 * environment is in those that import nothing else.
 */
function invalidateSources({ depsOptimizer, moduleGraph }: DevEnvironment): void {
  const isBundled = ({ id }: EnvironmentModuleNode): boolean =>
    depsOptimizer?.isOptimizedDepFile(id ?? '') ?? false
  const seen = new Set<EnvironmentModuleNode>()
  let timestamp: number | undefined
  for (const module of moduleGraph.idToModuleMap.values()) {
    if (isBundled(module) && [...module.importedModules].every(isBundled)) continue
    moduleGraph.invalidateModule(module, seen, timestamp)
    // One for all, on Vite's own clock.
    timestamp ??= module.lastInvalidationTimestamp
  }
}
