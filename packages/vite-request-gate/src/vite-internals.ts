import type { DevEnvironment } from 'vite'

/**
 * Everything this package knows of Vite that Vite does not promise. Read in Vite 6.4.6, 7.3.8 and
 * 8.3.8 (`optimizer/optimizer.ts`, `server/hmr.ts`).
 */

const graphMethods = [
  'ensureEntryFromUrl',
  'getModuleByUrl',
  'getModulesByFile',
  'invalidateAll',
  'invalidateModule',
  'updateModuleInfo',
  'updateModuleTransformResult',
] as const

/** What is not as expected in an environment, if anything. */
export function findSurprise(environment: DevEnvironment): string | undefined {
  const { depsOptimizer, hot, moduleGraph, pluginContainer } = environment
  if (typeof hot?.send !== 'function') return 'no hot.send()'
  if (typeof environment.transformRequest !== 'function') return 'no transformRequest()'
  if (typeof pluginContainer?.load !== 'function') return 'no pluginContainer.load()'
  for (const key of graphMethods) {
    if (typeof moduleGraph?.[key] !== 'function') return `no moduleGraph.${key}()`
  }
  if (!(moduleGraph.idToModuleMap instanceof Map)) return 'no moduleGraph.idToModuleMap'
  if (!depsOptimizer) return undefined
  if (typeof depsOptimizer.metadata?.discovered !== 'object') return 'no metadata.discovered'
  if (!Array.isArray(depsOptimizer.metadata.depInfoList)) return 'no metadata.depInfoList'
  for (const key of ['getOptimizedDepId', 'isOptimizedDepFile'] as const) {
    if (typeof depsOptimizer[key] !== 'function') return `no ${key}()`
  }
  return undefined
}

export interface Work {
  reason: string
  /** Resolves when it may be over. */
  done: Promise<unknown>
}

/** One that is closed lets go of those who wait, and leaves everything as it is. */
const over = new WeakSet<Promise<void>>()

/**
 * What the environment's optimizer is doing. Blind for a run without anything newly discovered,
 * which only `optimizer.run()` starts; one that fails empties `discovered`.
 */
export function optimizerWork(environment: DevEnvironment): Work | undefined {
  const { depsOptimizer, moduleGraph, name } = environment
  // Its first run waits for a first request for a module, which may never come.
  if (!depsOptimizer || moduleGraph.idToModuleMap.size === 0) return undefined
  const { scanProcessing, metadata } = depsOptimizer
  // 8.1.4 and later. While it is 'idle' nobody has started the environment, which need not happen.
  const { initState } = depsOptimizer as { initState?: string }
  if (initState === 'initializing') {
    // There is nothing to wait for but the promise of a later state.
    return {
      reason: `"${name}" is starting`,
      done: new Promise((resolve) => setTimeout(resolve, 10)),
    }
  }
  if (scanProcessing) return { reason: `"${name}" is scanning`, done: scanProcessing }
  for (const { id, processing } of Object.values(metadata.discovered)) {
    if (!processing || over.has(processing)) continue
    void processing.then(() => over.add(processing))
    return { reason: `"${name}" is optimizing ${id}`, done: processing }
  }
  return undefined
}

/**
 * The two errors by which Vite says that a module is of a former re-optimization
 * (`throwOutdatedRequest`, `throwFileNotFoundInOptimizedDep` in `plugins/optimizedDeps.ts`). What
 * comes from a worker has lost its `code`.
 */
export function isOutdatedMessage(text: string): boolean {
  return (
    text.includes('There is a new version of the pre-bundle for') ||
    /The file does not exist at .*optimize deps directory/.test(text)
  )
}
