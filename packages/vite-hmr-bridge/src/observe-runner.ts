import type { DevEnvironment } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import { PONG_EVENT } from './constants.ts'
import { hookEnvironment, markHooks, outsideHooks } from './hook-environment.ts'

/** Who evaluates an environment's modules, by what has happened so far. */
export interface ObservedRunner {
  /** Whether a runner of its own has asked for a module, or has answered a handshake. */
  readonly hasRunner: boolean
  /**
   * The server environments whose plugins have fetched its modules, or have had them transformed where
   * it has no runner: their runners hold copies.
   */
  readonly fetchedBy: ReadonlySet<DevEnvironment>
  /** The runner in this process, if somebody has created it. */
  readonly runner: ModuleRunner | undefined
  /** Calls `listener` whenever one of these has changed. It must not throw. */
  subscribe: (listener: () => void) => () => void
  /** Stops observing; what is known stays. */
  close: () => void
}

/** The event by which a runner asks for a module (`createInvokeableTransport` in the module runner). */
const INVOKE_EVENT = 'vite:invoke'

const observed = new WeakMap<DevEnvironment, ObservedRunner>()

/**
 * Observes who evaluates the modules of an environment. The class of an environment does not tell:
 * Vite's default `ssr` could have a runner, which nobody need create, and a subclass of
 * `DevEnvironment` need not have a transport.
 *
 * To be called for all server environments before any plugin evaluates code. There is one
 * observation for each environment, however often this is called.
 */
export function observeRunner(environment: DevEnvironment): ObservedRunner {
  let observation = observed.get(environment)
  if (!observation) observed.set(environment, (observation = observe(environment)))
  return observation
}

function observe(environment: DevEnvironment): ObservedRunner {
  const { hot } = environment
  const listeners = new Set<() => void>()
  const fetchedBy = new Set<DevEnvironment>()
  /** Those of `fetchedBy` that have only had modules transformed, which may be for another purpose. */
  const lookedAtBy = new Set<DevEnvironment>()
  let hasRunner = false
  let invokes = 0
  let known: ModuleRunner | undefined

  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  // Not `runner`, whose getter creates one (`RunnableDevEnvironment`, the same in Vite 6 to 8).
  const createdRunner = (): ModuleRunner | undefined => {
    const { _runner: runner } = environment as { _runner?: ModuleRunner }
    return runner
  }
  const onInvoke = (): void => {
    invokes++
    const runner = createdRunner()
    if (hasRunner && runner === known) return
    if (!hasRunner) for (const by of lookedAtBy) fetchedBy.delete(by)
    hasRunner = true
    known = runner
    tell()
  }

  // A runner sends its request through the channel, or has it handled, as the Cloudflare plugin does.
  hot.on(INVOKE_EVENT, onInvoke)
  // Vite remembers one event for each listener (`normalizedListenerMap` in `server/hmr.ts`).
  const onPong = (): void => onInvoke()
  hot.on(PONG_EVENT, onPong)
  const handleInvoke = hot.handleInvoke.bind(hot)
  hot.handleInvoke = (...args) => {
    onInvoke()
    return outsideHooks(() => handleInvoke(...args))
  }

  const fetchModule = environment.fetchModule.bind(environment)
  const transformRequest = environment.transformRequest.bind(environment)
  environment.fetchModule = (...args) => {
    const by = hookEnvironment()
    if (by && by !== environment) {
      const before = invokes
      // A runner in this process may be used in a hook, too. Vite takes up its request, which is
      // synchronous, before the listener here hears of it.
      queueMicrotask(() => {
        if (invokes !== before) return
        lookedAtBy.delete(by)
        if (fetchedBy.has(by)) return
        fetchedBy.add(by)
        tell()
      })
    }
    return outsideHooks(() => fetchModule(...args))
  }
  environment.transformRequest = (...args) => {
    const by = hookEnvironment()
    if (by && by !== environment && !hasRunner && !fetchedBy.has(by)) {
      lookedAtBy.add(by)
      fetchedBy.add(by)
      tell()
    }
    return outsideHooks(() => transformRequest(...args))
  }

  const unmark = environment.config.consumer === 'server' ? markHooks(environment) : undefined

  return {
    get hasRunner() {
      return hasRunner
    },
    fetchedBy,
    get runner() {
      return createdRunner()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      hot.off(INVOKE_EVENT, onInvoke)
      hot.off(PONG_EVENT, onPong)
      unmark?.()
      listeners.clear()
    },
  }
}
