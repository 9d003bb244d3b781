import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** What changes a directory, of `node:fs` and of `node:fs/promises`. */
const WRITES = [
  'appendFile',
  'copyFile',
  'mkdir',
  'open',
  'rename',
  'rm',
  'unlink',
  'writeFile',
] as const

/**
 * Kills this process, as `kill -9` does, when it is about to change something in a directory for the
 * n-th time from now on. Such a moment is found again, whatever the machine's load.
 */
export function armCrash(directory: string, atWrite: number): void {
  let count = 0
  const observed = (object: Record<string, unknown>, name: string): void => {
    const original = object[name] as (...args: unknown[]) => unknown
    object[name] = (...args: unknown[]) => {
      const isInside = args.some((arg) => typeof arg === 'string' && arg.startsWith(directory))
      if (isInside && isWrite(name, args) && ++count === atWrite)
        process.kill(process.pid, 'SIGKILL')
      return original.apply(object, args)
    }
  }
  for (const name of WRITES) {
    observed(fs as unknown as Record<string, unknown>, name)
    observed(fs as unknown as Record<string, unknown>, `${name}Sync`)
    observed(fs.promises as unknown as Record<string, unknown>, name)
  }
  syncBuiltinESMExports()
}

/** A file may be opened to read it. */
const isWrite = (name: string, [, flags]: unknown[]): boolean =>
  !name.startsWith('open') || (typeof flags === 'string' && flags !== 'r')
