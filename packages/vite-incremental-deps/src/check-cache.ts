import { existsSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Logger } from 'vite'
import { OUTDATED_FILE, PACKAGE_NAME, RECORD_FILE } from './constants.ts'
import { readRecord } from './record.ts'
import type { OutputRecord } from './record.ts'

/**
 * Looks at the outputs of former servers, before the optimizer does. Where they are not what the
 * record says, the directory is removed: Vite then starts from scratch.
 *
 * @returns the record, if there is one.
 */
export function checkCache(directory: string, logger: Logger): OutputRecord | undefined {
  // Without one there are no outputs, or they are of a Vite without this plugin.
  if (!existsSync(path.join(directory, RECORD_FILE))) return undefined
  if (existsSync(path.join(directory, OUTDATED_FILE))) {
    logger.info(
      `[${PACKAGE_NAME}] packages have changed while the last server ran; dependencies are optimized anew`,
      { timestamp: true },
    )
    rmSync(directory, { recursive: true, force: true })
    return undefined
  }
  const record = readRecord(directory)
  const damage = record ? findDamage(directory, record) : 'the record of it cannot be read'
  if (damage === undefined) return record
  logger.warn(
    `[${PACKAGE_NAME}] the cache of optimized dependencies is damaged or of another version ` +
      `(${damage}); they are optimized anew`,
    { timestamp: true },
  )
  rmSync(directory, { recursive: true, force: true })
  return undefined
}

function findDamage(directory: string, { files }: OutputRecord): string | undefined {
  for (const [name, size] of Object.entries(files)) {
    const found = statSync(path.join(directory, name), { throwIfNoEntry: false })
    if (!found) return `${name} is missing`
    if (found.size !== size) return `${name} has changed`
  }
  return undefined
}
