import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { save } from './save.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** On disk, so that a test run that was killed can still be put right. */
const originals = path.join(root, 'node_modules/.originals')

/**
 * Replaces `from` by `to` in a source file of the harness, as a developer's save would.
 *
 * @param file - relative to the harness.
 * @throws {Error} if `from` is not in the file.
 */
export function edit(file: string, from: string, to: string): void {
  const source = readFileSync(path.join(root, file), 'utf8')
  if (!source.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`)

  const original = path.join(originals, file)
  if (!existsSync(original)) cpSync(path.join(root, file), original)
  save(path.join(root, file), source.replaceAll(from, to))
}

/** Undoes every {@link edit}. */
export function undoEdits(): void {
  if (!existsSync(originals)) return
  const entries = readdirSync(originals, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((each) => each.isFile())) {
    const original = path.join(entry.parentPath, entry.name)
    save(path.join(root, path.relative(originals, original)), readFileSync(original, 'utf8'))
  }
  rmSync(originals, { recursive: true })
}
