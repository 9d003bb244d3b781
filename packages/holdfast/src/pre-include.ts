import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { debug } from './debug.ts'
import type { Remembered } from './remembered.ts'
import type { DepsOptimizer } from './vite-internals.ts'

/**
 * Has the first run of an environment's optimizer bundle what is remembered. To be called when it
 * starts cold, in the tick in which it begins to scan.
 */
export function preInclude(
  environment: DevEnvironment,
  optimizer: DepsOptimizer,
  remembered: Remembered,
): void {
  const sources = Object.entries(remembered.recall(environment, optimizer))
  for (const [id, source] of sources) {
    const { processing } = optimizer.registerMissingImport(id, source)
    debug(`${environment.name}: ${id} is remembered`)
  }
}
