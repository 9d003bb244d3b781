import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Files } from '../packages/shape.ts'

/** What npm gives every file that it unpacks. */
const NPM_TIME = new Date('1985-10-26T08:15:00Z')

export interface Writing {
  /** Whether a directory is removed first, as package managers do, or its files are overwritten. */
  isReplacing: boolean
  /** Whether files get the time of npm's, the same for each version. */
  hasNpmTime: boolean
}

/** As people write. */
export const IN_PLACE: Writing = { isReplacing: false, hasNpmTime: false }

/** Makes a directory contain exactly these files. */
export function writeDirectory(
  directory: string,
  files: Files,
  { isReplacing, hasNpmTime }: Writing,
): void {
  // It may be a link.
  if (isReplacing || lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink()) {
    rmSync(directory, { recursive: true, force: true })
  }
  for (const file of filesIn(directory)) {
    if (!(file in files)) rmSync(path.join(directory, file))
  }
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name)
    if (existsSync(file) && readFileSync(file, 'utf8') === content) continue
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
    if (hasNpmTime) utimesSync(file, NPM_TIME, NPM_TIME)
  }
}

/** A relative link, as package managers make them. */
export function writeLink(link: string, target: string): void {
  rmSync(link, { recursive: true, force: true })
  mkdirSync(path.dirname(link), { recursive: true })
  symlinkSync(path.relative(path.dirname(link), target), link)
}

/** Those of a nested package are not its own. */
function filesIn(directory: string, under = ''): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(path.join(directory, under), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(under, entry.name)
    if (entry.name === 'node_modules') return []
    return entry.isDirectory() ? filesIn(directory, name) : [name]
  })
}
