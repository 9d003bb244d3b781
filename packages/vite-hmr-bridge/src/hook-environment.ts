import { AsyncLocalStorage } from 'node:async_hooks'
import type { DevEnvironment } from 'vite'

/** The environment for which a plugin's `load` or `transform` hook is running. */
const current = new AsyncLocalStorage<DevEnvironment | undefined>()

export const hookEnvironment = (): DevEnvironment | undefined => current.getStore()

/** Runs an action as one that no hook has called for. */
export const outsideHooks = <T>(action: () => T): T => current.run(undefined, action)

/** @returns a function that ends it. */
export function markHooks(environment: DevEnvironment): () => void {
  const { pluginContainer } = environment
  const load = pluginContainer.load.bind(pluginContainer)
  const transform = pluginContainer.transform.bind(pluginContainer)
  let isActive = true
  const mark = <T>(action: () => T): T => current.run(isActive ? environment : undefined, action)

  pluginContainer.load = (...args) => mark(() => load(...args))
  pluginContainer.transform = (...args) => mark(() => transform(...args))
  return () => {
    isActive = false
  }
}
