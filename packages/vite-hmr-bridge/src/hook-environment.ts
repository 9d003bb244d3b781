import { AsyncLocalStorage } from 'node:async_hooks'
import type { DevEnvironment } from 'vite'

/** A module of another environment that a plugin has fetched. */
export interface FetchedModule {
  environment: DevEnvironment
  id: string
}

interface Hook {
  environment: DevEnvironment
  /** What it has fetched so far. */
  fetched: FetchedModule[]
}

/** The plugins' `load` or `transform` hook that is running. */
const current = new AsyncLocalStorage<Hook | undefined>()

export const currentHook = (): Hook | undefined => current.getStore()

/** The environment for which a plugin's `load` or `transform` hook is running, if this is called by one. */
export const hookEnvironment = (): DevEnvironment | undefined => current.getStore()?.environment

/** Runs an action as one that no hook has called for. */
export const outsideHooks = <T>(action: () => T): T => current.run(undefined, action)

/** @returns what was fetched for each module when it was last loaded, by id, and a function that ends it. */
export function markHooks(environment: DevEnvironment): {
  sources: ReadonlyMap<string, readonly FetchedModule[]>
  unmark: () => void
} {
  const { pluginContainer } = environment
  const load = pluginContainer.load.bind(pluginContainer)
  const transform = pluginContainer.transform.bind(pluginContainer)
  const sources = new Map<string, FetchedModule[]>()
  let isActive = true
  const mark = <T>(fetched: FetchedModule[], action: () => T): T =>
    current.run(isActive ? { environment, fetched } : undefined, action)

  pluginContainer.load = (...args) => {
    const fetched: FetchedModule[] = []
    sources.set(args[0], fetched)
    return mark(fetched, () => load(...args))
  }
  pluginContainer.transform = (...args) =>
    mark(sources.get(args[1]) ?? [], () => transform(...args))
  return {
    sources,
    unmark() {
      isActive = false
      sources.clear()
    },
  }
}
