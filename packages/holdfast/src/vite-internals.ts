import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { DepOptimizationMetadata, DevEnvironment } from 'vite'

/**
 * Everything this package knows of Vite that Vite does not promise. Read in Vite 6.4.6, 7.3.8 and
 * 8.3.8 (`optimizer/optimizer.ts`).
 */

export type DepsOptimizer = NonNullable<DevEnvironment['depsOptimizer']>

/** The environment's optimizer, if it discovers dependencies. */
export function discoveringOptimizer(environment: DevEnvironment): DepsOptimizer | undefined {
  const { config, depsOptimizer } = environment
  return config.optimizeDeps.noDiscovery ? undefined : depsOptimizer
}

/** What is not as expected in an environment's optimizer, if anything. */
export function findSurprise(optimizer: DepsOptimizer): string | undefined {
  for (const key of ['close', 'init', 'registerMissingImport'] as const) {
    if (typeof optimizer[key] !== 'function') return `no ${key}()`
  }
  const { metadata } = optimizer
  for (const key of ['optimized', 'discovered', 'chunks'] as const) {
    if (typeof metadata?.[key] !== 'object') return `no metadata.${key}`
  }
  for (const key of ['browserHash', 'lockfileHash', 'configHash'] as const) {
    if (typeof metadata[key] !== 'string') return `no metadata.${key}`
  }
  return undefined
}

/** Whether `registerMissingImport()` has nothing to do for an id (its first lines). */
export function isKnown({ metadata }: DepsOptimizer, id: string): boolean {
  return id in metadata.optimized || id in metadata.chunks || id in metadata.discovered
}

/**
 * Whether the optimizer has found no valid cache, and will run for what its scan finds. To be asked
 * in the very tick in which `init()` is done: the scan has begun by then, and nothing that is
 * registered now comes too late for it.
 */
export function isStartingCold({ scanProcessing }: DepsOptimizer): boolean {
  return scanProcessing !== undefined
}

/**
 * Whether the optimizer will find no valid cache, before it has begun: as it judges by itself
 * (`loadCachedDepOptimizationMetadata`).
 */
export function willStartCold({ config, name }: DevEnvironment, optimizer: DepsOptimizer): boolean {
  if (config.optimizeDeps.force) return true
  const directory = name === 'client' ? 'deps' : `deps_${name}`
  const { configHash, lockfileHash } = optimizer.metadata
  try {
    const file = path.join(config.cacheDir, directory, '_metadata.json')
    const cached = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    return cached['configHash'] !== configHash || cached['lockfileHash'] !== lockfileHash
  } catch {
    return true
  }
}

/**
 * Changes with each run of the optimizer that is followed by a reload, and with no other:
 * `commitProcessing` keeps the former one.
 */
export function generationOf({ browserHash }: DepOptimizationMetadata): string {
  return browserHash
}
