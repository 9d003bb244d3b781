import path from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import type { Report } from '@holdfast/vite-incremental-deps'
import type { DevEnvironment, OptimizedDepInfo } from 'vite'
import { debug } from './debug.ts'
import { importerChain, watchImports } from './importers.ts'
import type { Source, Sources } from './remembered.ts'
import { noRequests } from './requests.ts'
import type { Dependency, Entry, Timeline } from './timeline.ts'
import { generationOf, isKnown } from './vite-internals.ts'
import type { DepsOptimizer } from './vite-internals.ts'

/** A dependency that was asked for. */
interface Asked {
  dependency: Dependency
  /** What it was resolved to. */
  source: string
  /** The output, which importers are given. */
  file: string
  /** The id in the module graph of the first importer, once it has been given that. */
  importer?: string
  entry: Entry
  since: number
  /** When it could be imported, or failed. */
  doneAt?: number
  isAdded: boolean
}

type Outcome = Exclude<Entry['outcome'], 'pending'>

export interface Hooks {
  /** An entry has begun. */
  begun: (entry: Entry) => void
  /** All of the entry's dependencies are there, or have failed; it has its outcome. */
  done: (entry: Entry, sources: Sources) => void
}

/** What is said of a dependency that was missed by the scan with which the optimizer starts. */
const MISSED = 'the scan at start did not find it'

/**
 * Watches one environment's `registerMissingImport()`, which Vite calls for each import of a
 * dependency that it does not know, and makes entries of what becomes of those.
 */
export class Observer {
  readonly #environment: DevEnvironment
  readonly #optimizer: DepsOptimizer
  readonly #timeline: Timeline
  readonly #hooks: Hooks
  readonly #asked = new Map<string, Asked>()
  /** Why incremental deps left a dependency to Vite. */
  readonly #reasons = new Map<string, string>()
  /** Of the optimizer's outputs, when it was last looked at. */
  #generation = ''
  /** Before the first run. */
  #first: object | undefined
  #isCollecting = false
  #isWatching = false

  constructor(
    environment: DevEnvironment,
    optimizer: DepsOptimizer,
    timeline: Timeline,
    hooks: Hooks,
  ) {
    this.#environment = environment
    this.#optimizer = optimizer
    this.#timeline = timeline
    this.#hooks = hooks
    watchImports(environment, (resolved, importer) => this.#imported(resolved, importer))
    const register = optimizer.registerMissingImport
    optimizer.registerMissingImport = (id, resolved) => {
      const isNew = this.#isWatching && !this.#asked.has(id) && !isKnown(optimizer, id)
      const info = register(id, resolved)
      if (isNew) this.#attempt(() => this.#take(id, resolved, info))
      return info
    }
  }

  /**
   * To be called when the optimizer has begun, as it forgets what was registered before.
   *
   * @param isCold whether it has yet to run for what its scan finds.
   */
  start(isCold: boolean): void {
    this.#isWatching = true
    if (isCold) this.#first = this.#optimizer.metadata
  }

  stop(): void {
    this.#isWatching = false
  }

  /** What incremental deps says of dependencies of this environment: before they are there. */
  heard({ added, fellBack }: Report): void {
    for (const id of added) {
      const asked = this.#asked.get(id)
      if (fellBack === undefined) {
        if (asked) asked.isAdded = true
      } else if (asked) {
        asked.dependency.reason = fellBack
      } else {
        // It falls back while it is being registered.
        this.#reasons.set(id, fellBack)
      }
    }
  }

  #take(id: string, source: string, { file, processing }: OptimizedDepInfo): void {
    const { metadata } = this.#optimizer
    if (this.#asked.size === 0) this.#generation = generationOf(metadata)
    const reason = this.#reasons.get(id) ?? (metadata === this.#first ? MISSED : undefined)
    this.#reasons.delete(id)
    const dependency: Dependency = { id, importers: [], ...(reason !== undefined && { reason }) }

    let entry = [...this.#asked.values()].find((one) => one.doneAt === undefined)?.entry
    if (entry) {
      this.#timeline.change(entry, { dependencies: [...entry.dependencies, dependency] })
    } else {
      entry = this.#begin([dependency], Date.now())
    }
    const since = performance.now()
    const asked: Asked = { dependency, source, file, entry, since, isAdded: false }
    this.#asked.set(id, asked)
    debug(`${this.#environment.name}: ${id} is asked for`)
    void this.#await(asked, processing)
  }

  /** An import was resolved: does not throw. */
  #imported(resolved: string, importer: string): void {
    if (this.#asked.size === 0) return
    const [file] = resolved.split('?')
    for (const asked of this.#asked.values()) {
      if (asked.file !== file || asked.importer !== undefined) continue
      asked.importer = importer
      const { dependency, entry } = asked
      this.#attempt(() => {
        dependency.importers = importerChain(this.#environment, importer)
        debug(`${this.#environment.name}: ${dependency.id} is for ${dependency.importers[0]}`)
        this.#timeline.change(entry, {})
      })
    }
  }

  async #await(asked: Asked, processing: Promise<void> | undefined): Promise<void> {
    await processing
    asked.doneAt = performance.now()
    if (this.#isCollecting) return
    this.#isCollecting = true
    // Others of the same run are done in the same tick, and Vite's reload is sent in it.
    await immediate()
    this.#isCollecting = false
    if (this.#isWatching) this.#attempt(() => this.#collect())
  }

  #begin(dependencies: Dependency[], startedAt: number): Entry {
    const entry = this.#timeline.begin({
      environment: this.#environment.name,
      outcome: 'pending',
      dependencies,
      startedAt,
      duration: 0,
      requests: noRequests(),
      reloads: [],
    })
    this.#hooks.begun(entry)
    return entry
  }

  /** Makes an outcome of all that is done. */
  #collect(): void {
    const { metadata } = this.#optimizer
    const generation = generationOf(metadata)
    const ofRun = generation === this.#generation ? 'optimized' : 'reloaded'
    this.#generation = generation

    const done = [...this.#asked.values()].filter(({ doneAt }) => doneAt !== undefined)
    const groups = new Map<Outcome, Asked[]>()
    for (const asked of done) {
      const { id } = asked.dependency
      this.#asked.delete(id)
      const outcome = asked.isAdded ? 'added' : id in metadata.optimized ? ofRun : 'failed'
      groups.set(outcome, [...(groups.get(outcome) ?? []), asked])
    }
    for (const [outcome, all] of groups) {
      // What was asked for together may not have come to the same end.
      const { entry } = all[0]!
      const own = entry.outcome === 'pending' ? entry : this.#begin([], entry.startedAt)
      this.#end(own, outcome, all)
    }
    // The rest goes on by itself, unless it was asked for apart in the first place.
    const waiting = [...this.#asked.values()].filter(({ entry }) => entry.outcome !== 'pending')
    if (waiting.length === 0) return
    const age = performance.now() - Math.min(...waiting.map(({ since }) => since))
    const rest = this.#begin(
      waiting.map(({ dependency }) => dependency),
      Date.now() - age,
    )
    for (const asked of waiting) asked.entry = rest
  }

  #end(entry: Entry, outcome: Outcome, all: Asked[]): void {
    const dependencies = all.map(({ dependency, importer }) => {
      // By now the graph knows who imports the importer.
      if (importer !== undefined) dependency.importers = importerChain(this.#environment, importer)
      if (outcome === 'added') delete dependency.reason
      return dependency
    })
    const duration =
      Math.max(...all.map((one) => one.doneAt!)) - Math.min(...all.map((one) => one.since))
    const ids = dependencies.map(({ id }) => id).join(', ')
    debug(`${this.#environment.name}: ${ids} ${outcome} in ${Math.round(duration)} ms`)
    this.#timeline.change(entry, { outcome, dependencies, duration })
    this.#hooks.done(
      entry,
      Object.fromEntries(all.map((asked) => [asked.dependency.id, sourceOf(asked)])),
    )
  }

  /** What is watched must not fail by it. */
  #attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      debug(`${this.#environment.name}: ${String(error)}`)
    }
  }
}

function sourceOf({ importer, source }: Asked): Source {
  const [file = ''] = (importer ?? '').split('?')
  // Others are virtual.
  return { file: source, ...(path.isAbsolute(file) && { importer: file }) }
}
