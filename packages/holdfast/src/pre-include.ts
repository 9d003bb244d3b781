import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { debug } from './debug.ts'
import { findBroken } from './prove.ts'
import type { Files, Remembered, Sources } from './remembered.ts'
import { resolveAgain } from './resolve-again.ts'
import { isStartingCold, willStartCold } from './vite-internals.ts'
import type { DepsOptimizer } from './vite-internals.ts'

/** How long a start waits for what is remembered to be looked at, in ms. */
const TIMEOUT = 3000

/** What is known of an environment's remembered dependencies before its optimizer begins. */
export interface Recalled {
  /** All, as they are remembered. */
  sources: Sources
  /** The files of those that can be bundled. */
  files: Files
}

/**
 * Looks at what is remembered of an environment, if its optimizer will start cold: what it is now, and
 * whether it can still be bundled. Never rejects.
 *
 * @returns `undefined` if there is nothing, or nothing was found out in time.
 */
export async function recall(
  environment: DevEnvironment,
  optimizer: DepsOptimizer,
  remembered: Remembered,
): Promise<Recalled | undefined> {
  const sources = remembered.recall(environment, optimizer)
  if (Object.keys(sources).length === 0 || !willStartCold(environment, optimizer)) return undefined
  const start = performance.now()
  let timer: NodeJS.Timeout | undefined
  // A plugin may resolve nothing before the server listens, which waits for this.
  const late = new Promise<undefined>(
    (resolve) => (timer = setTimeout(resolve, TIMEOUT, undefined)),
  )
  const files = await Promise.race([
    late,
    look(environment, sources).catch((error: unknown) => {
      debug(`${environment.name}: ${String(error)}`)
      return undefined
    }),
  ])
  clearTimeout(timer)
  const took = `${Math.round(performance.now() - start)} ms`
  debug(`${environment.name}: what is remembered was ${files ? '' : 'not '}looked at in ${took}`)
  return files && { sources, files }
}

/** The files of the dependencies that can be bundled. */
async function look(environment: DevEnvironment, sources: Sources): Promise<Files> {
  const { logger, name } = environment
  const files: Files = {}
  await Promise.all(
    Object.entries(sources).map(async ([id, source]) => {
      const file = await resolveAgain(environment, id, source)
      if (file !== undefined) files[id] = file
      if (file !== source.file) debug(`${name}: ${id} is ${file ?? 'nothing to optimize'} now`)
    }),
  )
  for (const [id, reason] of await findBroken(environment, files)) {
    delete files[id]
    logger.info(
      `[${PACKAGE_NAME}] ${name}: ${id} was found late once and cannot be bundled any more, ` +
        'so it is forgotten',
    )
    debug(`${name}: ${reason}`)
  }
  return files
}

/**
 * Has the first run of an environment's optimizer bundle what was recalled. To be called when it has
 * begun, in the tick in which it begins to scan.
 *
 * @returns a function to be called before the optimizer closes.
 */
export function preInclude(
  environment: DevEnvironment,
  optimizer: DepsOptimizer,
  remembered: Remembered,
  { files, sources }: Recalled,
): () => void {
  if (!isStartingCold(optimizer)) return () => {}
  const { name } = environment

  // A first run that fails is caught by nobody (`onCrawlEnd`), which ends the process. Should it be
  // for one of these all the same, the next start has to do without.
  remembered.forget(environment)
  let isForgotten = true
  const restore = (ids: string[]): void => {
    if (isForgotten && ids.length > 0) {
      const those = ids.map((id) => [id, { ...sources[id], file: files[id]! }] as const)
      remembered.remember(environment, optimizer, Object.fromEntries(those))
    }
    isForgotten = false
  }

  const ids = Object.keys(files)
  debug(`${name}: ${ids.join(', ') || 'nothing'} remembered`)
  const infos = ids.map((id) => optimizer.registerMissingImport(id, files[id]!))
  void settle()
  return () => restore(ids)

  async function settle(): Promise<void> {
    for (const { processing } of infos) await processing
    const bundled = ids.filter((id) => id in optimizer.metadata.optimized)
    if (isForgotten && bundled.length < ids.length) {
      environment.logger.warn(
        `[${PACKAGE_NAME}] what was remembered for "${name}" could not be bundled, ` +
          'so it is forgotten',
      )
    }
    restore(bundled)
  }
}
