import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CannotAdd } from './late-bundle.ts'
import type { LateBundle } from './late-bundle.ts'
import { appendRecord, writeWhole } from './record.ts'
import type { LateDependency, OutputRecord } from './record.ts'
import { stampsOf } from './stamps.ts'
import type { DepInfo } from './vite-internals.ts'

/**
 * Writes a late bundle beside the outputs that are served, and then the record of it: interrupted at
 * any point, it leaves files that nobody asks for.
 *
 * @param infos - the dependencies; their `needsInterop` is set.
 * @throws {CannotAdd} before anything is written, if a dependency was served with another
 * interop, or would change a file that is served.
 */
export function writeLate(
  directory: string,
  root: string,
  record: OutputRecord,
  { outputs, modules, needsInterop, startedAt }: LateBundle,
  infos: DepInfo[],
): OutputRecord {
  const late: Record<string, LateDependency> = {}
  for (const info of infos) {
    const isCommonJs = needsInterop.has(info.id)
    // Whoever imports it may have been transformed already.
    if (info.needsInterop !== undefined && info.needsInterop !== isCommonJs) {
      throw new CannotAdd(`${info.id} mixes ES modules and CommonJS`)
    }
    info.needsInterop = isCommonJs
    late[info.id] = { src: info.src!, needsInterop: isCommonJs }
  }

  const written = new Map<string, string | Uint8Array>()
  const files: Record<string, number> = {}
  for (const output of outputs) {
    const { fileName } = output
    const content = output.type === 'chunk' ? output.code : output.source
    const owner = fileName.replace(/\.map$/, '')
    if (owner in record.files) {
      // Two bundles may need the same chunk, such as the bundler's own helpers.
      if (fileName !== owner || isSame(path.join(directory, fileName), content)) continue
      throw new CannotAdd(`${fileName} is served already`)
    }
    written.set(fileName, content)
    if (output.type === 'chunk') files[fileName] = Buffer.byteLength(content)
  }
  for (const [name, content] of written) writeWhole(path.join(directory, name), content)
  const stamps = stampsOf(Object.keys(modules), root, startedAt)
  return appendRecord(directory, record, { files, modules, stamps }, late)
}

const isSame = (file: string, content: string | Uint8Array): boolean =>
  readFileSync(file).equals(Buffer.from(content))
