import { statSync } from 'node:fs'
import type { DevEnvironment } from 'vite'
import { debug } from './debug.ts'
import type { IncrementalOptimizer } from './incremental-optimizer.ts'
import { onRunnerStart } from './runner-start.ts'
import { optimized, urlOf } from './vite-internals.ts'

/** In bytes. To transform a larger output for nothing would hold up the start. */
const MAX_SIZE = 500_000

/**
 * Transforms outputs while the runtime starts in which they will be evaluated, as Vite has little
 * else to do then: a few hundred milliseconds that are not to be waited for later.
 *
 * Only for the first environment that has outputs: they are what the start waits for. Dependencies
 * that something registered before may never be imported and are left, such as the polyfills of
 * `nodejs_compat`, and so is what only those need.
 */
export function transformAtStart(
  client: DevEnvironment,
  optimizers: ReadonlyMap<DevEnvironment, IncrementalOptimizer>,
): void {
  let hasBegun = false
  for (const [environment, optimizer] of optimizers) {
    onRunnerStart(environment, (ready) => {
      const { metadata, scanProcessing } = environment.depsOptimizer!
      // Without `nodejs_compat` its optimizer has not begun.
      if (hasBegun || (metadata.depInfoList.length === 0 && !scanProcessing)) return
      hasBegun = true
      let isOver = false
      const end = () => {
        isOver = true
      }
      ready.then(end, end)
      const mayGoOn = () => !isOver && !optimizer.isClosed
      void transformOutputs(client, environment, optimizer.registered, mayGoOn)
    })
  }
}

async function transformOutputs(
  client: DevEnvironment,
  environment: DevEnvironment,
  registered: ReadonlySet<string>,
  mayGoOn: () => boolean,
): Promise<void> {
  const { moduleGraph, name } = environment
  const depsOptimizer = environment.depsOptimizer!
  const seen = new Set<string>()
  let count = 0

  const visit = async (url: string, file: string): Promise<void> => {
    if (seen.has(url) || !mayGoOn()) return
    seen.add(url)
    try {
      if (statSync(file).size > MAX_SIZE) return
      const result = await environment.transformRequest(url)
      count++
      for (const imported of result?.deps ?? []) {
        const { id, file: output } = moduleGraph.urlToModuleMap.get(imported) ?? {}
        if (id && output && depsOptimizer.isOptimizedDepFile(id)) await visit(imported, output)
      }
    } catch {
      // The error comes again for whoever imports it.
    }
  }

  try {
    // As the Cloudflare plugin will before it evaluates anything. Vite calls the hooks once.
    await client.pluginContainer.buildStart()
  } catch {
    // It gets the same error.
    return
  }
  await optimized(depsOptimizer)
  for (const info of Object.values(depsOptimizer.metadata.optimized)) {
    if (!registered.has(info.id)) await visit(urlOf(environment, info), info.file)
  }
  debug(`${name}: ${count} outputs transformed while its runtime started`)
}
