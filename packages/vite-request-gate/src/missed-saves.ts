import { statSync } from 'node:fs'
import type { ViteDevServer } from 'vite'

/**
 * Vite's watcher drops a change that follows another of the same file within 50 ms (`_emit` of
 * chokidar 3 to 5, which Vite 6 to 8 bundle), for good: what was saved second is never served. A
 * formatter that runs on save, or a program that edits, is as fast as that.
 */
const DROPPED_FOR = 50

/**
 * Looks at each changed file again when the watcher listens again, and has it tell of what it
 * dropped.
 *
 * @returns a function that ends it.
 */
export function tellMissedSaves(watcher: ViteDevServer['watcher']): () => void {
  const timers = new Map<string, NodeJS.Timeout>()
  const onChange = (file: string): void => {
    const told = stateOf(file)
    clearTimeout(timers.get(file))
    const lookAgain = (): void => {
      timers.delete(file)
      const now = stateOf(file)
      // One that is gone is told of as such.
      if (now !== undefined && now !== told) watcher.emit('change', file)
    }
    timers.set(file, setTimeout(lookAgain, 2 * DROPPED_FOR).unref())
  }
  watcher.on('change', onChange)
  return () => {
    watcher.off('change', onChange)
    for (const timer of timers.values()) clearTimeout(timer)
  }
}

/** Of what cannot be looked at there is none: plugins have the watcher tell of virtual modules, too. */
function stateOf(file: string): string | undefined {
  try {
    const { ino, mtimeNs, size } = statSync(file, { bigint: true })
    return [ino, size, mtimeNs].join()
  } catch {
    return undefined
  }
}
