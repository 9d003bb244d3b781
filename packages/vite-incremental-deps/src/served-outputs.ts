import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { DevEnvironment } from 'vite'
import { checkCache } from './check-cache.ts'
import { OUTDATED_FILE } from './constants.ts'
import { InstanceWatch } from './instance-watch.ts'
import { bundleLate, CannotAdd } from './late-bundle.ts'
import { withLock } from './lock.ts'
import { findOptimizerSetup } from './optimizer-setup.ts'
import { packageOf } from './packages.ts'
import { readRecord } from './record.ts'
import type { OutputRecord } from './record.ts'
import { findChange } from './stamps.ts'
import {
  depsDirectory,
  foreignFileHash,
  forgetDependency,
  lateHash,
  registerFiles,
  registerLate,
} from './vite-internals.ts'
import type { DepInfo, Metadata } from './vite-internals.ts'
import { writeLate } from './write-late.ts'

/**
 * Why nothing can be added until Vite has optimized everything anew: files are not what they were. Vite
 * and its resolver know packages by the paths that they were found at, until the server is restarted,
 * and write the lockfile's hash beside outputs of what may be former versions. So the next start is one
 * from scratch.
 */
class Outdated extends CannotAdd {}

/** The outputs of one environment's optimizer that are served, and what is inside them. */
export class ServedOutputs {
  readonly directory: string
  readonly watch: InstanceWatch
  readonly #environment: DevEnvironment
  #metadata: Metadata
  #record: OutputRecord | undefined
  #isOutdated = false

  constructor(environment: DevEnvironment) {
    this.directory = depsDirectory(environment)
    this.watch = new InstanceWatch(environment, this.directory)
    this.#environment = environment
    this.#metadata = environment.depsOptimizer!.metadata
    this.#record = checkCache(this.directory, environment.logger)
    this.adopt(this.#metadata)
  }

  get metadata(): Metadata {
    return this.#metadata
  }

  /** Whether it is known what is inside. */
  get isRecorded(): boolean {
    return this.#record !== undefined
  }

  /** The `?v=` of what will be added. Only if {@link isRecorded}. */
  get lateHash(): string {
    return lateHash(this.#metadata, this.#record!)
  }

  /** Takes over the outputs of a run of Vite's, and what was added to them. */
  adopt(metadata: Metadata): void {
    this.#metadata = metadata
    this.watch.forget()
    if (this.#isOutdated) writeFileSync(path.join(this.directory, OUTDATED_FILE), '')
    if (Object.keys(metadata.optimized).length === 0) return
    this.#record = readRecord(this.directory, this.#record)
    if (this.#record) this.#register(this.#record)
    // Files are served without the `?v=` that the next run gives them.
    else this.#reloadWithNextRun()
  }

  /**
   * Bundles dependencies and adds them to what is served.
   *
   * @param checkStill - throws if they must not be added any more.
   * @throws {Error} why they cannot be added, with everything as it was.
   */
  async add(infos: DepInfo[], checkStill: () => void): Promise<void> {
    try {
      // Another server may add to the same directory meanwhile: then once more, with what it added.
      while (!(await this.#tryAdd(infos, checkStill)));
    } catch (error) {
      if (error instanceof Outdated) {
        this.#isOutdated = true
        this.#reloadWithNextRun()
      }
      throw error
    }
  }

  async #tryAdd(infos: DepInfo[], checkStill: () => void): Promise<boolean> {
    const metadata = this.#metadata
    const record = this.#readOthersAdditions()
    checkStill()
    const own = infos.filter((info) => !isAdded(record, info))
    if (own.length === 0) {
      this.#put(infos, record)
      return true
    }
    const { options, lockfileHash } = await findOptimizerSetup(this.#environment, own)
    if (lockfileHash !== metadata.lockfileHash) throw new Outdated('the lockfile has changed')
    this.#checkFiles(record, new Set())
    const late = await bundleLate(this.#environment, options, own, record.modules).catch(
      (error: unknown) => {
        // What has changed may be all that is wrong.
        this.#checkFiles(record, new Set(Object.keys(record.modules).map(homeOf)))
        throw error
      },
    )
    this.#checkFiles(record, new Set([...late.imported, ...Object.keys(late.modules)].map(homeOf)))

    // Nothing in here waits, so that neither Vite nor another server can come in between.
    return withLock(this.directory, () => {
      checkStill()
      if (this.#metadata !== metadata) throw new CannotAdd('Vite has optimized meanwhile')
      const current = readRecord(this.directory, record)
      if (current?.run !== record.run || current.size !== record.size) return false
      const { root } = this.#environment.config
      this.#record = writeLate(this.directory, root, record, late, own)
      this.#put(infos, this.#record)
      return true
    })
  }

  /** Has Vite find dependencies among the optimized ones. */
  #put(infos: DepInfo[], record: OutputRecord): void {
    const metadata = this.#metadata
    for (const info of infos) {
      delete info.processing
      info.needsInterop = record.late[info.id]!.needsInterop
      info.fileHash = foreignFileHash(info.id)
      delete metadata.discovered[info.id]
      metadata.optimized[info.id] = info
    }
    registerFiles(metadata, this.directory, record)
  }

  /** Has Vite know what was added by servers before, or by others. */
  #register(record: OutputRecord): void {
    const metadata = this.#metadata
    for (const id of Object.keys(record.late)) {
      if (id in metadata.optimized || id in metadata.discovered) continue
      registerLate(metadata, this.directory, record, id)
    }
    registerFiles(metadata, this.directory, record)
  }

  #readOthersAdditions(): OutputRecord {
    const before = this.#record?.size
    const record = readRecord(this.directory, this.#record)
    if (!record || record.run !== this.#record?.run) {
      throw new CannotAdd('another server has replaced the outputs')
    }
    this.#record = record
    if (record.size !== before) this.#register(record)
    return record
  }

  /** @throws {Outdated} if what the record says does not hold any more. */
  #checkFiles({ stamps }: OutputRecord, homes: ReadonlySet<string>): void {
    const file = findChange(stamps, homes)
    if (file === undefined) return
    const shown = path.relative(this.#environment.config.root, file)
    throw new Outdated(`${shown} is not what it was when it was optimized`)
  }

  /** The next run of Vite's is to be followed by a reload, whether its outputs look the same or not. */
  #reloadWithNextRun(): void {
    const metadata = this.#metadata
    for (const info of Object.values(metadata.optimized)) {
      info.fileHash = foreignFileHash(info.id)
      // It would have the whole run fail.
      if (info.src !== undefined && !existsSync(info.src)) forgetDependency(metadata, info)
    }
  }
}

const homeOf = (id: string): string => packageOf(id) ?? ''

/**
 * Whether a dependency was added by another server.
 *
 * @throws {CannotAdd} if that was another one.
 */
function isAdded({ late }: OutputRecord, { id, src, needsInterop }: DepInfo): boolean {
  const added = late[id]
  if (!added) return false
  if (added.src !== src) throw new CannotAdd('another server has added it, out of another file')
  if (needsInterop !== undefined && needsInterop !== added.needsInterop) {
    throw new CannotAdd(`${id} mixes ES modules and CommonJS`)
  }
  return true
}
