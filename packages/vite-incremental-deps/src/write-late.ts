import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CannotAdd } from './late-bundle.ts'
import type { LateBundle } from './late-bundle.ts'
import { appendRecord, writeWhole } from './record.ts'
import type { OutputRecord } from './record.ts'
import { persist } from './vite-internals.ts'
import type { DepInfo } from './vite-internals.ts'

/**
 * Writes a late bundle beside the outputs that are served, then the record of it, then Vite's
 * metadata: interrupted at any point, it leaves files that nobody asks for.
 *
 * @param served - the names of the outputs that Vite knows, and so may have served.
 * @param infos - the dependencies; their `needsInterop` is set.
 * @param interop - `optimizeDeps.needsInterop`.
 * @throws {CannotAdd} before anything is written, if a dependency was served with another
 * interop, or would change a file that is served.
 */
export function writeLate(
  directory: string,
  record: OutputRecord,
  served: ReadonlySet<string>,
  { outputs, modules, commonJs }: LateBundle,
  infos: DepInfo[],
  interop: string[],
): OutputRecord {
  const files = new Map<string, string | Uint8Array>()
  for (const output of outputs) {
    files.set(output.fileName, output.type === 'chunk' ? output.code : output.source)
  }
  for (const info of infos) {
    const name = path.posix.basename(info.file)
    const needsInterop = interop.includes(info.id) || commonJs.has(path.posix.basename(name, '.js'))
    // Whoever imports it may have been transformed already.
    if (info.needsInterop !== undefined && info.needsInterop !== needsInterop) {
      throw new CannotAdd(`${info.id} mixes ES modules and CommonJS`)
    }
    info.needsInterop = needsInterop
  }

  for (const [name, content] of files) {
    const file = path.join(directory, name)
    if (!served.has(name) || !existsSync(file)) continue
    // Two bundles may need the same chunk, such as the bundler's own helpers.
    if (readFileSync(file, 'utf8') === content) files.delete(name)
    else if (name.endsWith('.js')) throw new CannotAdd(`${name} is served already`)
  }
  for (const [name, content] of files) writeWhole(path.join(directory, name), content)
  const late = [...files.keys()].filter((name) => name.endsWith('.js'))
  const written = appendRecord(directory, record, late, modules)
  persist(directory, infos)
  return written
}
