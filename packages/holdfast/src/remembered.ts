import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { normalizePath } from 'vite'
import type { DevEnvironment, Logger } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { debug } from './debug.ts'
import type { DepsOptimizer } from './vite-internals.ts'

const VERSION = 2

/** The files of dependencies, by their ids. */
export type Files = Record<string, string>

/** Where a dependency came from. */
export interface Source {
  file: string
  /** The file that imported it, if it was one. */
  importer?: string
}

/** By the ids of the dependencies. */
export type Sources = Record<string, Source>

/** What is remembered of one environment, as long as its lockfile and config are the same. */
interface Memory {
  lockfileHash: string
  configHash: string
  /** Relative to the file that this is in. */
  dependencies: Sources
}

interface Content {
  version: number
  environments: Record<string, Memory>
}

/**
 * The dependencies that were discovered late, in a file in Vite's `cacheDir`. A start from scratch
 * has them from the beginning.
 *
 * They are not added to `optimizeDeps.include`: that is part of the hash by which Vite tells whether
 * its cache is valid (`getConfigHash`), so each new one would have the next restart start from
 * scratch. What is registered with the optimizer itself leaves the hash as it is.
 */
export class Remembered {
  readonly #file: string
  readonly #logger: Logger

  constructor(cacheDir: string, logger: Logger) {
    this.#file = path.join(cacheDir, 'holdfast.json')
    this.#logger = logger
  }

  /** What is remembered of an environment. That it is still so, is to be found out. */
  recall({ name }: DevEnvironment, { metadata }: DepsOptimizer): Sources {
    const memory = this.#read().environments[name]
    if (!memory || !isOf(memory, metadata)) return {}
    return mapSources(memory.dependencies, (file) => this.#absolute(file))
  }

  /** Adds to what is remembered of an environment, which replaces that of another lockfile or config. */
  remember({ name }: DevEnvironment, { metadata }: DepsOptimizer, sources: Sources): void {
    this.#update((environments) => {
      const memory = environments[name]
      const known = memory && isOf(memory, metadata) ? memory.dependencies : {}
      const { lockfileHash, configHash } = metadata
      const added = mapSources(sources, (file) => this.#relative(file))
      environments[name] = { lockfileHash, configHash, dependencies: { ...known, ...added } }
    })
  }

  forget({ name }: DevEnvironment): void {
    this.#update((environments) => delete environments[name])
  }

  /** Reads and writes in one tick: another server on the directory may have written meanwhile. */
  #update(change: (environments: Content['environments']) => void): void {
    try {
      const { environments } = this.#read()
      change(environments)
      const content: Content = { version: VERSION, environments }
      mkdirSync(path.dirname(this.#file), { recursive: true })
      // As a whole: others read it at any time.
      const temporary = `${this.#file}.${process.pid}.tmp`
      writeFileSync(temporary, `${JSON.stringify(content, undefined, 2)}\n`)
      renameSync(temporary, this.#file)
      debug(`${this.#file} is written`)
    } catch (error) {
      this.#logger.warnOnce(`[${PACKAGE_NAME}] dependencies are not remembered: ${String(error)}`)
    }
  }

  #read(): Content {
    let text: string
    try {
      text = readFileSync(this.#file, 'utf8')
    } catch {
      return { version: VERSION, environments: {} }
    }
    try {
      const content: unknown = JSON.parse(text)
      if (isContent(content)) return content
    } catch {
      // Not even JSON.
    }
    this.#logger.warnOnce(
      `[${PACKAGE_NAME}] ${this.#file} is damaged or not of this version, so it is ignored`,
    )
    return { version: VERSION, environments: {} }
  }

  #absolute(source: string): string {
    return normalizePath(path.resolve(path.dirname(this.#file), source))
  }

  #relative(source: string): string {
    return normalizePath(path.relative(path.dirname(this.#file), source))
  }
}

function mapSources(sources: Sources, map: (file: string) => string): Sources {
  return Object.fromEntries(
    Object.entries(sources).map(([id, { file, importer }]) => [
      id,
      { file: map(file), ...(importer !== undefined && { importer: map(importer) }) },
    ]),
  )
}

function isOf(memory: Memory, metadata: DepsOptimizer['metadata']): boolean {
  return memory.lockfileHash === metadata.lockfileHash && memory.configHash === metadata.configHash
}

function isContent(value: unknown): value is Content {
  return (
    isRecord(value) &&
    value['version'] === VERSION &&
    isRecord(value['environments']) &&
    Object.values(value['environments']).every(
      (memory) =>
        isRecord(memory) &&
        isRecord(memory['dependencies']) &&
        Object.values(memory['dependencies']).every(isSource),
    )
  )
}

function isSource(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['file'] === 'string' &&
    ['string', 'undefined'].includes(typeof value['importer'])
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
