import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { debug } from './debug.ts'
import type { Files, Remembered } from './remembered.ts'
import type { DepsOptimizer } from './vite-internals.ts'

/**
 * Has the first run of an environment's optimizer bundle what is remembered. To be called when it
 * starts cold, in the tick in which it begins to scan.
 *
 * @returns a function to be called before the optimizer closes.
 */
export function preInclude(
  environment: DevEnvironment,
  optimizer: DepsOptimizer,
  remembered: Remembered,
): () => void {
  const files = remembered.recall(environment, optimizer)
  const ids = Object.keys(files)
  if (ids.length === 0) return () => {}

  // A first run that fails is caught by nobody (`onCrawlEnd`), which ends the process. Should it be
  // for one of these, the next start has to do without.
  remembered.forget(environment)
  let isForgotten = true
  const restore = (those: Files): void => {
    if (isForgotten) remembered.remember(environment, optimizer, those)
    isForgotten = false
  }

  debug(`${environment.name}: ${ids.join(', ')} remembered`)
  const infos = ids.map((id) => optimizer.registerMissingImport(id, files[id]!))
  void settle()
  return () => restore(files)

  async function settle(): Promise<void> {
    for (const { processing } of infos) await processing
    const bundled = ids.filter((id) => id in optimizer.metadata.optimized)
    if (isForgotten && bundled.length < ids.length) {
      environment.logger.warn(
        `[${PACKAGE_NAME}] what was remembered for "${environment.name}" could not be bundled, ` +
          'so it is forgotten',
      )
    }
    restore(Object.fromEntries(bundled.map((id) => [id, files[id]!])))
  }
}
