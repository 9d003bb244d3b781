import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'

const LOCK_FILE = '_incremental.lock'
/** Milliseconds between two looks at a lock that another process has: it works for about as long. */
const INTERVAL = 5
/**
 * Milliseconds after which whoever locked is taken to have died: far more than any write takes. As
 * many in the future are as good: a clock was set back, or a file came from elsewhere.
 */
const STALE = 3000

/**
 * Runs `work`, which must not wait for anything, while no other process does so in this directory.
 *
 * @throws {Error} what `work` throws, or the file system's error if the directory is gone.
 */
export async function withLock<T>(directory: string, work: () => T): Promise<T> {
  const file = path.join(directory, LOCK_FILE)
  while (!tryLock(file)) await setTimeout(INTERVAL)
  try {
    return work()
  } finally {
    rmSync(file, { force: true })
  }
}

function tryLock(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const lockedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (lockedAt !== undefined && Math.abs(Date.now() - lockedAt) > STALE)
    rmSync(file, { force: true })
  return false
}
