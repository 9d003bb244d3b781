import type { IncrementalDepsApi } from '@holdfast/vite-incremental-deps'
import type { RequestGateApi } from '@holdfast/vite-request-gate'
import type { StatePluginApi } from '@holdfast/vite-state-plugin'
import { createIdResolver } from 'vite'
import type { DevEnvironment, Logger, ViteDevServer } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { debug } from './debug.ts'
import { watchState } from './kept-state.ts'
import { describeEntry } from './lines.ts'
import { Observer } from './observer.ts'
import { preInclude, recall } from './pre-include.ts'
import { ReloadWatch } from './reloads.ts'
import { Remembered } from './remembered.ts'
import type { Sources } from './remembered.ts'
import { RequestCounter } from './requests.ts'
import { sessionOf } from './session.ts'
import type { Session } from './session.ts'
import type { Entry } from './timeline.ts'
import { discoveringOptimizer, findSurprise, isStartingCold } from './vite-internals.ts'
import type { DepsOptimizer } from './vite-internals.ts'

export interface ReporterOptions {
  /** Whether there are lines in the terminal. */
  reports: boolean
  /** What to do about dependencies that were found late. */
  include: 'suggest' | 'remember' | false
}

/** What the other parts have to tell; each may be left out. */
export interface Parts {
  deps: IncrementalDepsApi | undefined
  gate: RequestGateApi | undefined
  state: StatePluginApi | undefined
}

/** What is kept of an entry from its begin. */
interface Beginning {
  /** How many reloads there had been. */
  reloads: number
  stopCounting: () => void
  countKeys: ReturnType<typeof watchState> | undefined
}

type Environments = ViteDevServer['environments']

/** Fills the timeline of one dev server, and says what there is to say about it. */
export class Reporter {
  readonly #environments: Environments
  readonly #logger: Logger
  readonly #observers = new Map<string, Observer>()
  readonly #options: ReporterOptions
  readonly #reloads: ReloadWatch
  readonly #remembered: Remembered
  readonly #requests: RequestCounter
  readonly #resolve: ReturnType<typeof createIdResolver>
  readonly #session: Session
  readonly #stopHearing: (() => void) | undefined
  readonly #beginnings = new WeakMap<Entry, Beginning>()

  constructor(
    { config, environments }: ViteDevServer,
    { deps, gate, state }: Parts,
    options: ReporterOptions,
  ) {
    this.#environments = environments
    this.#logger = config.logger
    this.#options = options
    this.#reloads = new ReloadWatch(Object.values(environments))
    this.#remembered = new Remembered(config.cacheDir, config.logger)
    this.#requests = new RequestCounter(gate)
    // Without the optimizer, which would take it for an import.
    this.#resolve = createIdResolver(config, { scan: true })
    this.#session = sessionOf(config)
    // The plugin may be the same object after a restart.
    this.#stopHearing = deps?.onReport((report) => {
      this.#observers.get(report.environment)?.heard(report)
    })
    for (const environment of Object.values(environments)) {
      const optimizer = discoveringOptimizer(environment)
      if (!optimizer) continue
      const surprise = findSurprise(optimizer)
      if (!surprise) {
        this.#observe(environment, optimizer, state)
        continue
      }
      config.logger.warnOnce(
        `[${PACKAGE_NAME}] this Vite is not as expected (${surprise}), so what becomes of ` +
          'dependencies is neither reported nor remembered',
      )
    }
  }

  inCharge(): void {
    this.#session.inCharge(this.#environments)
  }

  close(): void {
    this.#stopHearing?.()
    this.#reloads.close()
    this.#requests.close()
    this.#session.closed(this.#environments, this.#logger)
  }

  #observe(
    environment: DevEnvironment,
    optimizer: DepsOptimizer,
    state: StatePluginApi | undefined,
  ): void {
    const isServer = environment.config.consumer === 'server'
    const observer = new Observer(environment, optimizer, this.#session.timeline, {
      begun: (entry) => {
        this.#beginnings.set(entry, {
          reloads: this.#reloads.count,
          stopCounting: this.#requests.start(entry.requests),
          countKeys: state && isServer ? watchState(() => state.stateKeys()) : undefined,
        })
      },
      done: (entry, sources) => void this.#settle(environment, optimizer, entry, sources),
    })
    this.#observers.set(environment.name, observer)

    const { close, init } = optimizer
    let restore: (() => void) | undefined
    let begun: Promise<void> | undefined
    let isClosed = false
    const begin = async (): Promise<void> => {
      // Before, as a scan need not take long, and what comes after it has Vite bundle twice.
      const recalled =
        this.#options.include === 'remember'
          ? await recall(environment, optimizer, this.#remembered)
          : undefined
      if (isClosed) return
      await init()
      if (recalled) restore = preInclude(environment, optimizer, this.#remembered, recalled)
      observer.start(isStartingCold(optimizer))
    }
    // Others may call it as well, and Vite answers at once when it has been.
    optimizer.init = () => (begun ??= begin())
    optimizer.close = async () => {
      isClosed = true
      // It lets go of those who wait, although nothing is bundled.
      observer.stop()
      restore?.()
      await close()
    }
  }

  /** Never rejects. */
  async #settle(
    environment: DevEnvironment,
    optimizer: DepsOptimizer,
    entry: Entry,
    sources: Sources,
  ): Promise<void> {
    const { outcome } = entry
    const { countKeys, reloads: since, stopCounting } = this.#beginnings.get(entry)!
    const say = (): void => {
      if (this.#options.reports) this.#logger.info(describeEntry(entry))
    }
    if (outcome !== 'failed') await this.#keep(environment, optimizer, sources)
    // There is nothing more to tell in its line.
    if (outcome === 'added') say()

    const { timeline } = this.#session
    const reloads =
      outcome === 'reloaded' ? await this.#reloads.follow(environment.name, since) : []
    timeline.change(entry, { reloads })
    await this.#reloads.acknowledge(reloads)
    await this.#requests.released()
    stopCounting()
    const stateKeys = outcome === 'reloaded' ? await countKeys?.() : undefined
    timeline.change(entry, stateKeys === undefined ? {} : { stateKeys })
    debug(`${environment.name}: settled`)
    if (outcome !== 'added') say()
  }

  async #keep(
    environment: DevEnvironment,
    optimizer: DepsOptimizer,
    sources: Sources,
  ): Promise<void> {
    const { include } = this.#options
    if (include === 'remember') this.#remembered.remember(environment, optimizer, sources)
    if (include === false) return
    for (const id of Object.keys(sources)) {
      // What a linked package imports may be there for that one only, and Vite includes from the root.
      const file = await this.#resolve(environment, id).catch(() => undefined)
      if (file !== undefined) this.#session.suggest(environment.name, id, this.#logger)
    }
  }
}
