import { readFileSync } from 'node:fs'
import path from 'node:path'
import { edit, undoEdits } from './edits.ts'
import { setRegions } from './regions.ts'
import { save } from './save.ts'

/** The regions of one name in one file: what a developer comments out or in with one save. */
export interface Part {
  /** Relative to the application. */
  file: string
  /** The name of the regions, if it is not the switch's. */
  region?: string
}

/** Edits an application's source files as its developer would, and puts them back. */
export interface Sources<Name extends string> {
  /** The directory of the application. */
  root: string
  switchNames: readonly Name[]
  /**
   * Comments a switch out or in, all its files at once, and returns whether that changed any.
   *
   * @throws {Error} if a file has no such region or one that does not end; nothing is saved then.
   */
  setSwitch: (name: Name, isOn: boolean) => boolean
  /** The same with one part of the switch, by its index. */
  setPart: (name: Name, part: number, isOn: boolean) => boolean
  /**
   * Replaces `from` by `to` in a file, in one save.
   *
   * @throws {Error} if `from` is not in the file.
   */
  edit: (file: string, from: string, to: string) => void
  /** Undoes every edit. */
  undoEdits: () => void
  /** Puts the sources back as they are committed, whatever was left half-done. */
  reset: () => void
}

/**
 * @param root - the directory of the application.
 * @param switches - for each switch its parts, in the order in which a developer saves them: first
 * what is used, then what uses it.
 */
export function defineSources<Name extends string>(
  root: string,
  switches: Record<Name, readonly Part[]>,
): Sources<Name> {
  const switchNames = Object.keys(switches) as Name[]

  const setParts = (name: Name, parts: readonly Part[], isOn: boolean): boolean => {
    const flipped = new Map<string, string>()
    for (const { file, region = name } of isOn ? parts : parts.toReversed()) {
      const source = flipped.get(file) ?? read(root, file)
      flipped.set(file, setRegions(source, region, isOn, file))
    }
    const changed = [...flipped].filter(([file, source]) => source !== read(root, file))
    for (const [file, source] of changed) save(root, file, source)
    return changed.length > 0
  }
  const setSwitch = (name: Name, isOn: boolean): boolean => setParts(name, switches[name], isOn)

  return {
    root,
    switchNames,
    setSwitch,
    setPart: (name, part, isOn) => setParts(name, [switches[name][part]!], isOn),
    edit: (file, from, to) => edit(root, file, from, to),
    undoEdits: () => undoEdits(root),
    reset() {
      undoEdits(root)
      for (const name of switchNames) setSwitch(name, false)
    },
  }
}

function read(root: string, file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}
