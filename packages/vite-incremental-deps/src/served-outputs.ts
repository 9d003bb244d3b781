import path from 'node:path'
import type { DevEnvironment } from 'vite'
import { InstanceWatch } from './instance-watch.ts'
import { bundleLate, CannotAdd } from './late-bundle.ts'
import { withLock } from './lock.ts'
import { readRecord } from './record.ts'
import type { OutputRecord } from './record.ts'
import {
  depsDirectory,
  foreignFileHash,
  lateHash,
  registerFiles,
  servedFiles,
} from './vite-internals.ts'
import type { DepInfo, Metadata } from './vite-internals.ts'
import { writeLate } from './write-late.ts'

/** The outputs of one environment's optimizer that are served, and what is inside them. */
export class ServedOutputs {
  readonly directory: string
  readonly watch: InstanceWatch
  readonly #environment: DevEnvironment
  #metadata: Metadata
  #record: OutputRecord | undefined

  constructor(environment: DevEnvironment) {
    this.directory = depsDirectory(environment)
    this.watch = new InstanceWatch(environment, this.directory)
    this.#environment = environment
    this.#metadata = environment.depsOptimizer!.metadata
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

  /** Takes over the outputs of a run of Vite's. */
  adopt(metadata: Metadata): void {
    this.#metadata = metadata
    this.watch.forget()
    if (Object.keys(metadata.optimized).length === 0) return
    this.#record = readRecord(this.directory)
    if (this.#record) {
      registerFiles(metadata, this.directory, this.#record)
      return
    }
    // Files are served without the `?v=` that the next run gives them: it has to reload.
    for (const info of Object.values(metadata.optimized)) info.fileHash = foreignFileHash(info.id)
  }

  /**
   * Bundles dependencies and adds them to what is served.
   *
   * @param checkStill - throws if they must not be added any more.
   * @throws {Error} why they cannot be added, with everything as it was.
   */
  async add(infos: DepInfo[], checkStill: () => void): Promise<void> {
    // Another server may add to the same directory meanwhile: then once more, with what it added.
    while (!(await this.#tryAdd(infos, checkStill)));
  }

  async #tryAdd(infos: DepInfo[], checkStill: () => void): Promise<boolean> {
    const metadata = this.#metadata
    const record = this.#readOthersAdditions()
    checkStill()
    const entries = infos.map(({ file, src }) => {
      return [path.posix.basename(file, '.js'), path.resolve(src!)] as const
    })
    const input = Object.fromEntries(entries)
    const late = await bundleLate(this.#environment, input, record.modules, this.directory)

    // Nothing in here waits, so that neither Vite nor another server can come in between.
    return withLock(this.directory, () => {
      checkStill()
      if (this.#metadata !== metadata) throw new CannotAdd('Vite has optimized meanwhile')
      const current = readRecord(this.directory, record)
      if (current?.run !== record.run || current.size !== record.size) return false
      const { needsInterop = [] } = this.#environment.config.optimizeDeps
      const served = servedFiles(metadata, infos)
      const next = writeLate(this.directory, record, served, late, infos, needsInterop)
      for (const info of infos) {
        delete info.processing
        delete metadata.discovered[info.id]
        metadata.optimized[info.id] = info
      }
      this.#record = next
      registerFiles(metadata, this.directory, next)
      return true
    })
  }

  #readOthersAdditions(): OutputRecord {
    const record = readRecord(this.directory, this.#record)
    if (!record || record.run !== this.#record?.run) {
      throw new CannotAdd('another server has replaced the outputs')
    }
    if (record.size !== this.#record.size) registerFiles(this.#metadata, this.directory, record)
    this.#record = record
    return record
  }
}
