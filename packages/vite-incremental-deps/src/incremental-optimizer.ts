import path from 'node:path'
import type { DevEnvironment } from 'vite'
import { CannotAdd } from './late-bundle.ts'
import type { Report } from './report.ts'
import { ServedOutputs } from './served-outputs.ts'
import { findSurprise, forgetFile, hasBegun, isBusy, outputOf } from './vite-internals.ts'
import type { DepInfo, DepsOptimizer, Metadata } from './vite-internals.ts'
import { withResolvers } from './with-resolvers.ts'

/** `topLevelVar` is Vite's own default. */
const HARMLESS_OUTPUT = new Set(['keepNames', 'legalComments', 'topLevelVar'])

interface Job {
  info: DepInfo
  resolve: () => void
}

/**
 * Takes the place of one environment's `registerMissingImport()`, which Vite calls for each import
 * of a dependency that it has not optimized. What can be added to the outputs that are served is;
 * everything else goes Vite's way.
 */
export class IncrementalOptimizer {
  readonly outputs: ServedOutputs
  /** All ids that `registerMissingImport()` was called with. */
  readonly registered: Set<string> = new Set()
  readonly #environment: DevEnvironment
  readonly #optimizer: DepsOptimizer
  readonly #register: DepsOptimizer['registerMissingImport']
  readonly #tell: (report: Report) => void
  /** What is being added. Vite forgets all it has discovered when a run of its own fails. */
  readonly #ours = new Map<string, DepInfo>()
  /** What was asked for before the optimizer had begun, with its files. */
  readonly #tooEarly = new Map<string, string>()
  #waiting: Job[] = []
  #isRunning = false
  #isViteRunning = false
  #isClosed = false

  constructor(environment: DevEnvironment, tell: (report: Report) => void) {
    const optimizer = environment.depsOptimizer!
    const { close, init, run } = optimizer
    this.outputs = new ServedOutputs(environment)
    this.#environment = environment
    this.#optimizer = optimizer
    this.#register = optimizer.registerMissingImport
    this.#tell = tell

    optimizer.registerMissingImport = (id, resolved) => this.#take(id, resolved)
    // What is being added is not Vite's to bundle.
    optimizer.run = () => {
      if (this.#ours.size === 0 || this.#isViteAtWork()) run()
    }
    optimizer.init = async () => {
      await init()
      this.#begun()
    }
    optimizer.close = async () => {
      this.#isClosed = true
      await close()
    }
    // Vite sets it when a run is in place, and only then lets go those who wait for it.
    Object.defineProperty(optimizer, 'metadata', {
      configurable: true,
      enumerable: true,
      get: () => this.outputs.metadata,
      set: (metadata: Metadata) => {
        this.#isViteRunning = false
        this.outputs.adopt(metadata)
      },
    })
  }

  get config(): DevEnvironment['config'] {
    return this.#environment.config
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  runStarted(): void {
    this.#isViteRunning = true
  }

  runFailed(): void {
    this.#isViteRunning = false
  }

  #take(id: string, src: string): DepInfo {
    this.registered.add(id)
    const { metadata, directory } = this.outputs
    const known =
      metadata.optimized[id] ?? metadata.chunks[id] ?? metadata.discovered[id] ?? this.#ours.get(id)
    if (known) return known
    if (!hasBegun(this.#optimizer)) this.#tooEarly.set(id, src)
    // The first run is no fallback: there is nothing yet to add to.
    if (Object.keys(metadata.optimized).length === 0) return this.#leaveToVite(id, src)
    const obstacle = this.#findObstacle(id)
    if (obstacle) {
      this.#report([id], 0, obstacle)
      forgetFile(metadata, path.posix.join(directory, outputOf(id) ?? ''))
      return this.#leaveToVite(id, src)
    }

    const file = path.posix.join(directory, outputOf(id)!)
    const { promise, resolve } = withResolvers()
    const browserHash = this.outputs.lateHash
    const info: DepInfo = { id, src, file, browserHash, processing: promise }
    forgetFile(metadata, file)
    this.#ours.set(id, info)
    // Seen by Vite's next run, and by those who wait until nothing is in processing.
    metadata.discovered[id] = info
    metadata.depInfoList.push(info)
    this.#waiting.push({ info, resolve })
    if (!this.#isRunning) void this.#run()
    return info
  }

  /**
   * Vite's optimizer forgets what it is asked for before it begins, as by a plugin that transforms a
   * module while the server is being configured: importers would wait for a file that never comes.
   */
  #begun(): void {
    // It is called once more while it is at it.
    if (!hasBegun(this.#optimizer)) return
    const early = [...this.#tooEarly]
    this.#tooEarly.clear()
    if (early.length === 0) return
    // What has been transformed by now has URLs of then. Nobody has loaded it: the server does not
    // listen yet.
    this.#environment.moduleGraph.invalidateAll()
    for (const [id, src] of early) this.#take(id, src)
  }

  #findObstacle(id: string): string | undefined {
    const { optimizeDeps, resolve } = this.#environment.config
    if (this.#isClosed) return 'the server is closed'
    if (this.#isViteAtWork()) return 'Vite is optimizing'
    if (!outputOf(id)) return 'its id is unusual'
    if (!this.outputs.isRecorded) return 'what is inside the outputs is not known'
    if (resolve.preserveSymlinks) return '`resolve.preserveSymlinks` is on'
    // Others may decide what goes into which file, or how it is written.
    const unknown = Object.keys(optimizeDeps.rolldownOptions?.output ?? {}).filter(
      (name) => !HARMLESS_OUTPUT.has(name),
    )
    if (unknown.length > 0) return `\`optimizeDeps.rolldownOptions.output.${unknown[0]}\` is set`
    const surprise = findSurprise(this.#optimizer)
    return surprise && `this Vite is not as expected: ${surprise}`
  }

  #isViteAtWork(): boolean {
    return this.#isViteRunning || isBusy(this.#optimizer, this.#ours)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // Until all that is asked for in this tick is there.
    await Promise.resolve()
    const failed: [Job, string][] = []
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting
      this.#waiting = []
      const reason = await this.#attempt(jobs)
      if (reason === undefined) continue
      // One of several may be at fault, and the others need not fall back with it.
      for (const job of jobs) {
        const own = jobs.length > 1 ? await this.#attempt([job]) : reason
        if (own !== undefined) failed.push([job, own])
      }
    }
    // Last, as nothing can be added while Vite is at work.
    for (const [job, reason] of failed) this.#giveBack(job, reason)
    this.#isRunning = false
  }

  /** Adds, or says why not. */
  async #attempt(jobs: Job[]): Promise<string | undefined> {
    const start = performance.now()
    const infos = jobs.map(({ info }) => info)
    try {
      await this.outputs.add(infos, () => {
        if (this.#isClosed) throw new CannotAdd('the server is closed')
        if (this.#isViteAtWork()) throw new CannotAdd('Vite is optimizing')
      })
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
    this.#report(
      infos.map(({ id }) => id),
      performance.now() - start,
    )
    for (const { info, resolve } of jobs) {
      this.#ours.delete(info.id)
      resolve()
    }
    return undefined
  }

  /** Leaves it to Vite, whose next run includes it. */
  #giveBack({ info, resolve }: Job, reason: string): void {
    const { metadata } = this.outputs
    this.#ours.delete(info.id)
    this.#report([info.id], 0, reason)
    // A run of Vite's that began meanwhile may have included it.
    if (this.#isClosed || !info.processing) {
      resolve()
      return
    }
    if (metadata.discovered[info.id] === info) delete metadata.discovered[info.id]
    forgetFile(metadata, info.file)
    const theirs = this.#leaveToVite(info.id, info.src!)
    // Importers have been given this one.
    if (theirs.processing) theirs.browserHash = info.browserHash
    void Promise.resolve(theirs.processing).then(resolve)
  }

  /** Importers are told of a file that is gone; where none is waiting yet it would end the process. */
  #leaveToVite(id: string, src: string): DepInfo {
    const info = this.#register(id, src)
    info.exportsData?.catch(() => {})
    return info
  }

  #report(added: string[], duration: number, fellBack?: string): void {
    const environment = this.#environment.name
    this.#tell({ environment, added, duration, ...(fellBack !== undefined && { fellBack }) })
  }
}
