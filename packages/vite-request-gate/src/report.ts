/** What the gate did, once for each request that it did something about, and for each change. */
export type Report =
  /** A request waited, and was let through: because all was settled, or for want of time or room. */
  | { type: 'held'; url: string; duration: number; outcome: 'settled' | 'timeout' | 'limit' }
  /** A request waited in vain: the client gave up, or the server is closed. */
  | { type: 'dropped'; url: string; duration: number; outcome: 'disconnect' | 'closed' }
  /** A response that failed because of a reload was discarded and the request run once more. */
  | { type: 'replayed'; url: string; reason: string }
  /** A request that must not be run twice failed because of a reload, and was told so. */
  | { type: 'answered'; url: string; reason: string }
  /** The modules behind a changed file, or all when the server starts, were looked through. */
  | { type: 'discovered'; file?: string; transformed: number; duration: number }

export interface Stats {
  /** Requests that waited. */
  held: number
  /** Requests that are waiting now. */
  waiting: number
  /** The longest wait so far, in ms. */
  longestHold: number
  /** Requests that were run a second time. */
  replays: number
  /** Answers of the gate's own, instead of a second run. */
  answers: number
  /** Modules that were transformed before anyone asked for them. */
  transformed: number
}

/** What other plugins find as `api` of the plugin named `@holdfast/vite-request-gate`. */
export interface RequestGateApi {
  /**
   * Resolves once no environment has a dependency in processing, nothing is being looked through,
   * and every runner that can tell has applied what was sent to it. At once without a server.
   */
  settled: () => Promise<void>
  /** What the server, the present one if it was restarted, has done so far. */
  readonly stats: Readonly<Stats>
  /** Calls `listener` with each further report. Returns a function that ends it. */
  onReport: (listener: (report: Report) => void) => () => void
}

/** Counts reports, and passes them on. */
export class Reporter {
  readonly stats: Stats = {
    held: 0,
    waiting: 0,
    longestHold: 0,
    replays: 0,
    answers: 0,
    transformed: 0,
  }
  readonly #listeners: ReadonlySet<(report: Report) => void>
  readonly #onError: (error: unknown) => void

  constructor(listeners: ReadonlySet<(report: Report) => void>, onError: (error: unknown) => void) {
    this.#listeners = listeners
    this.#onError = onError
  }

  tell(report: Report): void {
    const { stats } = this
    switch (report.type) {
      case 'held':
      case 'dropped':
        stats.held++
        stats.longestHold = Math.max(stats.longestHold, report.duration)
        break
      case 'replayed':
        stats.replays++
        break
      case 'answered':
        stats.answers++
        break
      case 'discovered':
        stats.transformed += report.transformed
        break
    }
    for (const listener of this.#listeners) {
      try {
        listener(report)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
