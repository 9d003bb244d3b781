import { randomUUID } from 'node:crypto'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { packageOf } from './packages.ts'

/**
 * What files were when modules were made from them, by path. A stamp is `''` for a file that may have
 * been written while it was read: nothing is known of it then.
 */
export type Stamps = Record<string, string>

/**
 * The time that a file gets which is written now, in ms: systems count it in ticks, so that it is not
 * that of the process, and a file server has a clock of its own.
 *
 * @param directory - where there may be a new file for a moment.
 */
export function fileTime(directory: string): number {
  const file = path.join(directory, `_incremental.${randomUUID()}.tmp`)
  writeFileSync(file, '')
  try {
    return statSync(file).ctimeMs
  } finally {
    rmSync(file)
  }
}

/**
 * Differs once a file is written, replaced or linked elsewhere. `npm` gives all files the same time,
 * so the time and the size are not enough; the number of a file that is gone is given to the next, so
 * that it needs the time of birth beside it. The time of change is left out: to link a file once
 * more, as pnpm does for another project, changes it.
 *
 * @returns nothing where there is no such file.
 */
function stampOf(file: string): { stamp: string; changedAt: number } | undefined {
  try {
    const { birthtimeMs, ctimeMs, ino, mtimeMs, size } = statSync(file)
    return { stamp: [size, mtimeMs, ino, birthtimeMs].join(), changedAt: ctimeMs }
  } catch {
    return undefined
  }
}

/**
 * Stamps the files of modules, and the manifests of their packages: where they are, and where their
 * names lead to from the root, as a link may be turned to another package without the former one
 * being touched.
 *
 * @param ids - of modules; those without a file are left out.
 * @param since - the {@link fileTime} before the first of them was read.
 */
export function stampsOf(ids: string[], root: string, since: number): Stamps {
  const files = new Set<string>()
  for (const id of ids) {
    const file = fileOf(id)
    if (file === undefined) continue
    files.add(file)
    const home = packageOf(file)
    if (home === undefined) continue
    const [name] = home.split(/[\\/]node_modules[\\/]/).slice(-1)
    files.add(path.join(home, MANIFEST)).add(path.join(root, 'node_modules', name!, MANIFEST))
  }
  const stamps: Stamps = {}
  for (const file of files) {
    const found = stampOf(file)
    if (found) stamps[file] = found.changedAt < since ? found.stamp : ''
  }
  return stamps
}

const MANIFEST = 'package.json'

/**
 * The first file that is not what it was, of all manifests and of the modules in `homes`.
 *
 * @param homes - directories of packages; the empty one is that of modules outside of any.
 */
export function findChange(stamps: Stamps, homes: ReadonlySet<string>): string | undefined {
  return Object.keys(stamps).find(
    (file) =>
      (path.basename(file) === MANIFEST || homes.has(packageOf(file) ?? '')) &&
      stampOf(file)?.stamp !== stamps[file],
  )
}

/** The file of a module. A virtual one has none. */
function fileOf(id: string): string | undefined {
  const file = id.replace(/[?#].*$/, '')
  return path.isAbsolute(file) ? file : undefined
}
