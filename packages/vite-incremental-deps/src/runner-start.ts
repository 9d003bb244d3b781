import type { DevEnvironment } from 'vite'

/**
 * Tells when the runtime of an environment's runner begins to start, if that is of the Cloudflare
 * plugin, which starts workerd in its `configureServer` hook.
 *
 * Uses two methods of its `CloudflareDevEnvironment` that it does not promise: `initRunner()`, whose
 * promise resolves when workerd and the runner in it are there, a new one each time, and
 * `fetchWorkerExportTypes()`, which it has since it evaluates workers right after that, in the same
 * hook, with `buildStart` of all plugins in between. Read in 1.20.0, 1.40.0 and 1.64.0
 * (`cloudflare-environment.ts`). Where they are missing, nothing is told.
 */
export function onRunnerStart(
  environment: DevEnvironment,
  started: (ready: Promise<unknown>) => void,
): void {
  if (!hasRunnerStart(environment)) return
  const initRunner = environment.initRunner.bind(environment)
  environment.initRunner = (...args) => {
    const ready = initRunner(...args)
    started(Promise.resolve(ready))
    return ready
  }
}

interface RunnerStart {
  initRunner: (...args: unknown[]) => unknown
}

function hasRunnerStart(environment: DevEnvironment): environment is DevEnvironment & RunnerStart {
  return ['initRunner', 'fetchWorkerExportTypes'].every(
    (name) => typeof Reflect.get(environment, name) === 'function',
  )
}
