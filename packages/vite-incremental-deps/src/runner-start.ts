import type { DevEnvironment } from 'vite'

/**
 * Tells when an environment's runtime begins to start, where the environment is the Cloudflare
 * plugin's, which starts workerd in its `configureServer` hook.
 *
 * Uses two methods of its `CloudflareDevEnvironment` that it does not promise (read in 1.20.0, 1.40.0
 * and 1.64.0, `cloudflare-environment.ts`). The promise of `initRunner()` resolves when workerd is
 * there, with a new runner in it. Only versions with `fetchWorkerExportTypes()` go on in the same hook
 * with `buildStart` of all plugins and with evaluating the worker. Where one is missing, nothing is
 * told.
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
