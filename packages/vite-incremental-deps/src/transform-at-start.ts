import { statSync } from 'node:fs'
import path from 'node:path'
import type { DevEnvironment, ViteDevServer } from 'vite'
import { debug } from './debug.ts'
import type { IncrementalOptimizer } from './incremental-optimizer.ts'
import { onRunnerStart } from './runner-start.ts'

/**
 * In bytes. A larger output is left until it is imported: should that be never, it would have held
 * up the start.
 */
const MAX_SIZE = 500_000

/**
 * Transforms outputs while the runtime starts in which they will be evaluated, as Vite has little
 * else to do then: a few hundred milliseconds that are not to be waited for later.
 *
 * What was registered by hand may never be imported and is left, such as the polyfills of
 * `nodejs_compat`, and so is what only that needs.
 */
export function transformAtStart(
  server: ViteDevServer,
  optimizers: ReadonlyMap<DevEnvironment, IncrementalOptimizer>,
): void {
  let isFirst = true
  for (const [environment, optimizer] of optimizers) {
    onRunnerStart(environment, (ready) => {
      // The start waits for the first to be evaluated; its children come after it.
      if (!isFirst) return
      isFirst = false
      let isStarting = true
      const stop = () => {
        isStarting = false
      }
      ready.then(stop, stop)
      void transformOutputs(server, environment, optimizer, () => isStarting)
    })
  }
}

async function transformOutputs(
  { environments: { client } }: ViteDevServer,
  environment: DevEnvironment,
  optimizer: IncrementalOptimizer,
  isStarting: () => boolean,
): Promise<void> {
  const { config, moduleGraph, name } = environment
  const depsOptimizer = environment.depsOptimizer!
  const seen = new Set<string>()

  const visit = async (url: string, file: string): Promise<void> => {
    if (seen.has(url) || !isStarting() || optimizer.isClosed) return
    if (statSync(file).size > MAX_SIZE) return
    seen.add(url)
    const result = await environment.transformRequest(url)
    for (const imported of result?.deps ?? []) {
      const { id, file: output } = moduleGraph.urlToModuleMap.get(imported) ?? {}
      if (id && output && depsOptimizer.isOptimizedDepFile(id)) await visit(imported, output)
    }
  }

  try {
    // As whoever starts the runtime will, before anything is transformed. Once is enough.
    await client.pluginContainer.buildStart()
    // The first run, from a cold cache.
    await depsOptimizer.scanProcessing
    await Promise.all(depsOptimizer.metadata.depInfoList.map(async (info) => info.processing))
    for (const info of Object.values(depsOptimizer.metadata.optimized)) {
      if (optimizer.registered.has(info.id)) continue
      const url = urlOf(config.root, depsOptimizer.getOptimizedDepId(info))
      // Who asks for it is told.
      await visit(url, info.file).catch(() => {})
    }
  } catch {
    // Who starts the runtime is told.
  }
  debug(`${name}: ${seen.size} outputs transformed while its runtime started`)
}

/** What Vite writes where a module is imported (`normalizeUrl` in `plugins/importAnalysis.ts`). */
const urlOf = (root: string, id: string): string =>
  id.startsWith(`${root}/`) ? id.slice(root.length) : path.posix.join('/@fs/', id)
