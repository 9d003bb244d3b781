import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { RECORD_FILE } from './constants.ts'
import type { Stamps } from './stamps.ts'

const VERSION = 4
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

/** Source modules by their id: a path, or the name of a virtual module. */
export type Modules = Record<string, ServedModule>

/** A dependency that was added, as Vite keeps it in `_metadata.json`. */
export interface LateDependency {
  src: string
  needsInterop: boolean
}

/** What a run of Vite's optimizer, or an addition to it, has made. */
export interface Made {
  /** All outputs, with their sizes in bytes. */
  files: Record<string, number>
  modules: Modules
  /** Of the files that the modules were made from. */
  stamps: Stamps
}

/** What is inside the outputs of one environment. */
export interface OutputRecord extends Made {
  /** Differs for each run of Vite's optimizer. */
  run: string
  /** Outputs of Vite's run that it does not know: entries that it did not ask for. */
  unlisted: string[]
  /** Dependencies that were added since, by id. */
  late: Record<string, LateDependency>
  /** The outputs that came with those. */
  lateFiles: string[]
  /** Bytes of the file that this was read from: it only grows, by what other servers add as well. */
  size: number
}

/**
 * A line of the file: what a run of Vite's optimizer has made, or an addition to it. An addition has
 * taken place when its line is there, whole: before that, there are only files that nobody asks for.
 */
interface Line extends Made {
  version?: number
  run?: string
  unlisted?: string[]
  late?: Record<string, LateDependency>
}

const toLine = (line: Line): string => `${JSON.stringify(line)}\n`

/** The content of the file after a run of Vite's optimizer. */
export function firstLine(made: Made, unlisted: string[]): string {
  return toLine({ version: VERSION, run: randomUUID(), unlisted, ...made })
}

/** Adds to the record and to its file, of which nothing else may be written meanwhile. */
export function appendRecord(
  directory: string,
  record: OutputRecord,
  made: Made,
  late: Record<string, LateDependency>,
): OutputRecord {
  const file = path.join(directory, RECORD_FILE)
  const line = toLine({ late, ...made })
  // Whoever was interrupted may have left the beginning of a line.
  truncateSync(file, record.size)
  appendFileSync(file, line)
  return extend({ ...record, size: record.size + Buffer.byteLength(line) }, { late, ...made })
}

/** In place, but for lists: there may be many thousands of modules. */
function extend(record: OutputRecord, { late = {}, files, modules, stamps }: Line): OutputRecord {
  Object.assign(record.files, files)
  Object.assign(record.modules, modules)
  Object.assign(record.stamps, stamps)
  Object.assign(record.late, late)
  record.lateFiles = [...new Set([...record.lateFiles, ...Object.keys(files)])]
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
    const start = isContinued ? known.size : 0
    if (content.length < start) return undefined
    // What comes after the last newline is a line that is being written, or never was to its end.
    const size = content.lastIndexOf('\n') + 1
    const lines = content.toString('utf8', start, size).split('\n').slice(0, -1)
    const [first, ...rest] = lines.map((line) => JSON.parse(line) as Line)
    if (isContinued) {
      const additions = first ? [first, ...rest] : []
      return additions.reduce(extend, { ...known, size })
    }
    if (first?.version !== VERSION || !first.run || !first.unlisted) return undefined
    const { run, unlisted, files, modules, stamps } = first
    const record = { run, unlisted, files, modules, stamps, late: {}, lateFiles: [], size }
    return rest.reduce(extend, record)
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
