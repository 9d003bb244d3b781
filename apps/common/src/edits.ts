import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { save } from './save.ts'

/** On disk, so that a test run that was killed can still be put right. */
const ORIGINALS = 'node_modules/.originals'

/** @throws {Error} if `from` is not in the file. */
export function edit(root: string, file: string, from: string, to: string): void {
  const source = readFileSync(path.join(root, file), 'utf8')
  if (!source.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`)

  const original = path.join(root, ORIGINALS, file)
  if (!existsSync(original)) cpSync(path.join(root, file), original)
  save(root, file, source.replaceAll(from, to))
}

/** Undoes every {@link edit}. */
export function undoEdits(root: string): void {
  const originals = path.join(root, ORIGINALS)
  if (!existsSync(originals)) return
  const entries = readdirSync(originals, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((each) => each.isFile())) {
    const original = path.join(entry.parentPath, entry.name)
    save(root, path.relative(originals, original), readFileSync(original, 'utf8'))
  }
  rmSync(originals, { recursive: true })
}
