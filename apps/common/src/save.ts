import { renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Replaces a source file of an application at once. Written in place it is empty for a moment, and a
 * server that is kept busy reads it just then: a module without exports, until the next save.
 *
 * @param root - the directory of the application.
 */
export function save(root: string, file: string, source: string): void {
  // Beside the sources it would be watched itself; on another disk it could not be renamed.
  const partial = path.join(root, 'node_modules/.saving')
  writeFileSync(partial, source)
  renameSync(partial, path.join(root, file))
}
