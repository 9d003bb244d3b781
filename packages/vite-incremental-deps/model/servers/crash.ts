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
  const observed = (object: object, name: string): void => {
    const original = Reflect.get(object, name) as (...args: unknown[]) => unknown
    const replacement = (...args: unknown[]) => {
      const isInside = args.some((arg) => typeof arg === 'string' && arg.startsWith(directory))
      if (isInside && isWrite(name, args) && ++count === atWrite)
        process.kill(process.pid, 'SIGKILL')
      return original.apply(object, args)
    }
    Reflect.set(object, name, replacement)
  }
  for (const name of WRITES) {
    observed(fs, name)
    observed(fs, `${name}Sync`)
    observed(fs.promises, name)
  }
  syncBuiltinESMExports()
}

/** A file may be opened to read it. */
const isWrite = (name: string, [, flags]: unknown[]): boolean =>
  !name.startsWith('open') || (typeof flags === 'string' && flags !== 'r')
