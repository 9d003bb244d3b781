import type { Report, RequestGateApi } from '@holdfast/vite-request-gate'
import type { Entry } from './timeline.ts'

export type Requests = Entry['requests']

export const noRequests = (): Requests => ({ held: 0, longest: 0, replayed: 0, failed: 0 })

/** Counts what the gate does about requests while something goes on. */
export class RequestCounter {
  readonly #gate: RequestGateApi | undefined
  readonly #open = new Set<Requests>()
  readonly #stop: (() => void) | undefined

  constructor(gate: RequestGateApi | undefined) {
    this.#gate = gate
    this.#stop = gate?.onReport((report) => {
      for (const requests of this.#open) count(requests, report)
    })
  }

  /** Counts into `requests` from now on. Returns a function that ends it. */
  start(requests: Requests): () => void {
    this.#open.add(requests)
    return () => this.#open.delete(requests)
  }

  close(): void {
    this.#stop?.()
  }

  /**
   * Resolves when everything is settled, and the requests that were held until then are let
   * through: the gate reports a request when its wait is over, which it bounds.
   */
  async released(): Promise<void> {
    const gate = this.#gate
    if (!gate) return
    await gate.settled()
    let waiting = gate.stats.waiting
    if (waiting === 0) return
    await new Promise<void>((resolve) => {
      const stop = gate.onReport(({ type }) => {
        if ((type !== 'held' && type !== 'dropped') || --waiting > 0) return
        stop()
        resolve()
      })
    })
  }
}

function count(requests: Requests, report: Report): void {
  if (report.type === 'held' || report.type === 'dropped') {
    requests.held++
    requests.longest = Math.max(requests.longest, report.duration)
  } else if (report.type === 'replayed') {
    requests.replayed++
  } else if (report.type === 'answered') {
    requests.failed++
  }
}
