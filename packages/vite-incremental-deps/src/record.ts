import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { RECORD_FILE } from './constants.ts'

const VERSION = 3
/** Bytes in which the version and the id of the run are. */
const HEAD = 80

/** The output that exports something, the name under which it does, and which property of it is meant. */
export type Binding = [file: string, name: string, property?: string]

/** A module as one imports it, and which of its exports is meant: `*` for all, as an object. */
export type Reexport = [specifier: string, name: string]

/** How a source module that is inside an output can be imported from there. */
export interface ModuleAccess {
  /** CommonJS: a function that evaluates it, once, and returns its `module.exports`. */
  require?: Binding
  /** What it exports, by name. */
  exports?: Record<string, Binding>
  /** What it re-exports of modules that are inside no output. */
  reexports?: Record<string, Reexport>
  /** What it re-exports all of, as written in it. */
  stars?: string[]
  /** A function that has to be called before `exports` have values. */
  init?: Binding
}

/** A source module that is inside an output that is, or may be, served. */
export interface ServedModule {
  file: string
  /** None if it can only be reached by those it was bundled with. */
  access?: ModuleAccess
}

/** Source modules by their path. */
export type Modules = Record<string, ServedModule>

/** What is inside the outputs of one environment. */
export interface OutputRecord {
  /** Differs for each run of Vite's optimizer. */
  run: string
  /** Outputs of Vite's run that it does not know: entries that it did not ask for. */
  unlisted: string[]
  /** Outputs that were added since. */
  late: string[]
  modules: Modules
  /** Bytes of the file that this was read from: it only grows, by what other servers add as well. */
  size: number
}

/** A line of the file: what a run of Vite's optimizer has made, or an addition to it. */
interface Line {
  version?: number
  run?: string
  unlisted?: string[]
  late?: string[]
  modules: Modules
}

const toLine = (line: Line): string => `${JSON.stringify(line)}\n`

/** The content of the file after a run of Vite's optimizer. */
export function firstLine(unlisted: string[], modules: Modules): string {
  return toLine({ version: VERSION, run: randomUUID(), unlisted, modules })
}

/** Adds to the record and to its file. */
export function appendRecord(
  directory: string,
  record: OutputRecord,
  late: string[],
  modules: Modules,
): OutputRecord {
  const line = toLine({ late, modules })
  appendFileSync(path.join(directory, RECORD_FILE), line)
  return extend({ ...record, size: record.size + Buffer.byteLength(line) }, { late, modules })
}

function extend(record: OutputRecord, { late = [], modules }: Line): OutputRecord {
  record.late = [...new Set([...record.late, ...late])]
  // There may be many thousands.
  Object.assign(record.modules, modules)
  return record
}

/**
 * The record, or nothing where there is none that can be understood.
 *
 * @param known - what was read before: if that is the beginning of it, only the rest is read.
 */
export function readRecord(directory: string, known?: OutputRecord): OutputRecord | undefined {
  try {
    const content = readFileSync(path.join(directory, RECORD_FILE))
    const isContinued = known && content.subarray(0, HEAD).includes(known.run)
    const lines = content.toString('utf8', isContinued ? known.size : 0).split('\n')
    // Each line ends with a newline, unless whoever wrote it was interrupted.
    if (lines.pop() !== '') return undefined
    const [first, ...rest] = lines.map((line) => JSON.parse(line) as Line)
    if (isContinued) {
      const additions = first ? [first, ...rest] : []
      return additions.reduce(extend, { ...known, size: content.length })
    }
    if (first?.version !== VERSION || !first.run || !first.unlisted) return undefined
    const { run, unlisted, modules } = first
    return rest.reduce(extend, { run, unlisted, late: [], modules, size: content.length })
  } catch {
    return undefined
  }
}

/** Writes a file as a whole: nobody ever reads half of it, and an interrupted write leaves it. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, content)
  renameSync(temporary, file)
}
