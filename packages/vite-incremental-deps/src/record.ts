import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Rolldown } from 'vite'
import { RECORD_FILE } from './constants.ts'

const VERSION = 1

/** A source module that is inside an output that is, or may be, served. */
interface ServedModule {
  /**
   * The output through which it can be imported, relative to the deps directory, with every export
   * it has. None where it can only be reached by those it was bundled with.
   */
  file?: string
  /** The output's `default` is the module's `module.exports`. */
  isCommonJs?: boolean
  hasDefault?: boolean
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

/** What `chunks` have inside. Entries are addressable, what was bundled with them is not. */
export function modulesOf(
  chunks: Rolldown.OutputChunk[],
  formatOf: (id: string) => string | undefined,
): Modules {
  const modules: Modules = {}
  for (const { moduleIds } of chunks) for (const id of moduleIds) modules[id] = {}
  for (const { isEntry, facadeModuleId: id, fileName: file, exports } of chunks) {
    if (!isEntry || !id) continue
    const hasDefault = exports.includes('default')
    // As Vite decides on interop: CommonJS, or a facade of it. JSON is what it exports by default.
    const isCommonJs = id.endsWith('.json')
      ? hasDefault
      : formatOf(id) !== 'es' && exports.join() === 'default'
    modules[id] = { file, ...(isCommonJs && { isCommonJs }), ...(hasDefault && { hasDefault }) }
  }
  return modules
}
