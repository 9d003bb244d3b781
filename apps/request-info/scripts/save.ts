import { renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const partial = fileURLToPath(new URL('../node_modules/.saving', import.meta.url))

/**
 * Replaces a source file of the harness at once. Written in place it is empty for a moment, and a
 * server that is kept busy reads it just then: a module without exports, until the next save.
 */
export function save(file: string, source: string): void {
  // Beside the sources it would be watched itself; on another disk it could not be renamed.
  writeFileSync(partial, source)
  renameSync(partial, file)
}
