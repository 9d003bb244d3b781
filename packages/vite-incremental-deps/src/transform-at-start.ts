import { statSync } from 'node:fs'
import path from 'node:path'
import type { DevEnvironment, ViteDevServer } from 'vite'
import { debug } from './debug.ts'
import { onRunnerStart } from './runner-start.ts'

/**
 * In bytes. A larger output is left until it is imported: should that be never, it would have held
 * up the start.
 */
const MAX_SIZE = 500_000

/**
 * Transforms the outputs of environments while the runtime starts in which they will be evaluated,
 * as Vite has little else to do then: a few hundred milliseconds that are not to be waited for later.
 *
 * Hooks of plugins are called in the order in which they are without this: the runtime is started
 * and the worker evaluated by the same `configureServer`, with `buildStart` in between.
 */
export function transformAtStart({ environments }: ViteDevServer, all: DevEnvironment[]): void {
  let last = Promise.resolve()
  for (const environment of all) {
    onRunnerStart(environment, (ready) => {
      let isStarting = true
      const stop = () => {
        isStarting = false
      }
      ready.then(stop, stop)
      // One environment after the other, as all that is done is for the first that is evaluated.
      last = last
        .then(() => environments.client.pluginContainer.buildStart())
        .then(() => transformOutputs(environment, () => isStarting))
        // Whoever waits for the same hook, or asks for the same output, is told.
        .catch(() => {})
    })
  }
}

async function transformOutputs(
  environment: DevEnvironment,
  isStarting: () => boolean,
): Promise<void> {
  const optimizer = environment.depsOptimizer!
  await optimizer.scanProcessing
  await Promise.all(optimizer.metadata.depInfoList.map(({ processing }) => processing))
  let count = 0
  for (const info of optimizer.metadata.depInfoList) {
    if (!isStarting()) break
    // What is in processing by now has been found late.
    if (info.processing || statSync(info.file).size > MAX_SIZE) continue
    await environment.transformRequest(urlOf(environment, optimizer.getOptimizedDepId(info)))
    count++
  }
  debug(`${environment.name}: ${count} outputs transformed while its runtime started`)
}

/** What Vite writes where a module is imported (`normalizeUrl` in `plugins/importAnalysis.ts`). */
function urlOf({ config: { root } }: DevEnvironment, id: string): string {
  return id.startsWith(`${root}/`) ? id.slice(root.length) : path.posix.join('/@fs/', id)
}
