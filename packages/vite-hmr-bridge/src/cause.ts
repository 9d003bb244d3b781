import type { DevEnvironment } from 'vite'
import type { Message } from './demand.ts'

/**
 * @returns a function that tells what a reload is due to, in words; each is to be asked for once, in
 * order. `undefined`: to a dependency never seen before, which can happen only once for each.
 */
export function createCauseFinder(): (message: Message) => string | undefined {
  const hashes = new WeakMap<DevEnvironment, Map<string, string | undefined>>()

  return ({ environment, payload }) => {
    if (payload.type === 'full-reload' && payload.triggeredBy !== undefined) {
      return JSON.stringify(payload.triggeredBy)
    }
    const known = hashes.get(environment)
    const optimized = Object.entries(environment.depsOptimizer?.metadata.optimized ?? {})
    hashes.set(environment, new Map(optimized.map(([id, { fileHash }]) => [id, fileHash])))
    const changed = optimized.filter(([id, { fileHash }]) => known?.get(id) !== fileHash)
    if (changed.some(([id]) => !known?.has(id))) return undefined
    if (changed.length === 0) return `"${environment.name}", none of whose dependencies changed`
    const ids = changed.map(([id]) => JSON.stringify(id)).join(', ')
    return `${ids} among the dependencies of "${environment.name}"`
  }
}
