import type { DevEnvironment, Plugin } from 'vite'

/** As much as is used of the `api` of `@holdfast/vite-incremental-deps`. */
interface IncrementalDeps {
  adds?: (environment: DevEnvironment) => boolean
}

/**
 * Whether a change can bring the environment a dependency that its optimizer has to reload it for:
 * not without a discovering optimizer, and not where dependencies are added.
 *
 * Only there is a change looked through before it is delivered, as that has a price: plugins see
 * the changed file transformed before they are asked what the change means (`hotUpdate`), and one
 * that compares the two, as Vue's does, finds no difference.
 */
export function mayDiscover(plugins: readonly Plugin[], environment: DevEnvironment): boolean {
  const { config, depsOptimizer } = environment
  if (!depsOptimizer || config.optimizeDeps.noDiscovery) return false
  const api: IncrementalDeps | undefined = plugins.find(
    ({ name }) => name === '@holdfast/vite-incremental-deps',
  )?.api
  return !api?.adds?.(environment)
}
