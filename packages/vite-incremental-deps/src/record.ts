import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { RECORD_FILE } from './constants.ts'

const VERSION = 2

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
  version: number
  /** Differs for each run of Vite's optimizer. */
  run: string
  /** Differs for each state of the outputs, so that a change by another server is noticed. */
  revision: string
  /** Outputs of Vite's run that it does not know: the entries that were added to it. */
  borders: string[]
  /** Outputs that were added since. */
  late: string[]
  modules: Modules
}

export function newRecord(borders: string[], modules: Modules): OutputRecord {
  const run = randomUUID()
  return { version: VERSION, run, revision: run, borders, late: [], modules }
}

export function extendRecord(record: OutputRecord, late: string[], modules: Modules): OutputRecord {
  return {
    ...record,
    revision: randomUUID(),
    late: [...new Set([...record.late, ...late])],
    modules: { ...record.modules, ...modules },
  }
}

/** The record, or nothing where there is none that can be understood. */
export function readRecord(directory: string): OutputRecord | undefined {
  try {
    const json = readFileSync(path.join(directory, RECORD_FILE), 'utf8')
    const record = JSON.parse(json) as Partial<OutputRecord>
    const isComplete = record.run && record.revision && record.borders && record.late
    if (record.version !== VERSION || !isComplete || !record.modules) return undefined
    return record as OutputRecord
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
