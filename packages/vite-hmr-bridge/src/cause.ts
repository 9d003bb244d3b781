import type { DevEnvironment, FullReloadPayload } from 'vite'
import { modulesOf } from './copies.ts'

/** Why a source was reloaded. */
export interface Cause {
  /** What to call it in a message. */
  name: string
  /** The file that changed; none after a re-optimization. */
  file?: string
  /** When the source's own HMR took up the file. */
  since: number
  /** It came with a dependency never seen before, which can happen only once for each. */
  isProgress: boolean
}

/** Tells the causes of one environment's reloads; each is to be asked for once, in order. */
export function createCauseFinder(
  environment: DevEnvironment,
): (payload: FullReloadPayload) => Cause {
  let known = new Map<string, string | undefined>()

  return ({ triggeredBy: file }) => {
    if (file !== undefined) {
      const times = modulesOf(environment, file).map(({ lastHMRTimestamp }) => lastHMRTimestamp)
      const since = times.length > 0 ? Math.max(...times) : Infinity
      return { name: JSON.stringify(file), file, since, isProgress: false }
    }
    const optimized = Object.entries(environment.depsOptimizer?.metadata.optimized ?? {})
    const changed = optimized.filter(([id, { fileHash }]) => known.get(id) !== fileHash)
    const added = changed.filter(([id]) => !known.has(id))
    known = new Map(optimized.map(([id, { fileHash }]) => [id, fileHash]))
    const ids = (added.length > 0 ? added : changed).map(([id]) => JSON.stringify(id))
    return {
      name:
        ids.length > 0
          ? `${ids.join(', ')} among the dependencies of "${environment.name}"`
          : `reloads of "${environment.name}" for which no dependency changed`,
      since: Infinity,
      isProgress: added.length > 0,
    }
  }
}
