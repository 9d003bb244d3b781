import type { ServerResponse } from 'node:http'
import type { Connect, Logger } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import type { Options } from './options.ts'
import type { Report, Reporter } from './report.ts'
import type { Settlement } from './settlement.ts'

interface Held {
  response: ServerResponse
  /** Ends the wait, and has it counted. */
  leave: (outcome: (Report & { type: 'held' | 'dropped' })['outcome']) => void
  pass: () => void
}

/** The requests that wait until everything is settled, first in, first out. */
export class Hold {
  readonly #settlement: Settlement
  readonly #options: Options
  readonly #reporter: Reporter
  readonly #logger: Logger
  readonly #queue = new Set<Held>()
  #isReleasing = false

  constructor(settlement: Settlement, options: Options, reporter: Reporter, logger: Logger) {
    this.#settlement = settlement
    this.#options = options
    this.#reporter = reporter
    this.#logger = logger
  }

  /** Calls `pass` when the request may go on, which is now if everything is settled. */
  admit(request: Connect.IncomingMessage, response: ServerResponse, pass: () => void): void {
    const { reason } = this.#settlement
    if (reason === undefined && this.#queue.size === 0) return pass()

    const { limit, timeout } = this.#options
    const start = performance.now()
    const url = `${request.method} ${request.url}`
    if (this.#queue.size >= limit) {
      this.#logger.warnOnce(
        `[${PACKAGE_NAME}] ${limit} requests are held already, so others are let through; ` +
          `waiting because ${reason}`,
      )
      this.#reporter.tell({ type: 'held', url, duration: 0, outcome: 'limit' })
      return pass()
    }

    const onClose = (): void => held.leave('disconnect')
    const onTimeout = (): void => {
      this.#logger.warn(
        `[${PACKAGE_NAME}] ${url} was held for ${timeout} ms and is let through, ` +
          `although ${this.#settlement.reason ?? 'others are waiting'}`,
      )
      held.leave('timeout')
      pass()
    }
    const held: Held = {
      response,
      pass,
      leave: (outcome) => {
        clearTimeout(timer)
        response.off('close', onClose)
        this.#queue.delete(held)
        this.#reporter.stats.waiting = this.#queue.size
        const duration = performance.now() - start
        if (outcome === 'disconnect' || outcome === 'closed') {
          this.#reporter.tell({ type: 'dropped', url, duration, outcome })
        } else {
          this.#reporter.tell({ type: 'held', url, duration, outcome })
        }
      },
    }
    const timer = setTimeout(onTimeout, timeout)
    response.once('close', onClose)
    this.#queue.add(held)
    this.#reporter.stats.waiting = this.#queue.size
    if (!this.#isReleasing) void this.#release()
  }

  /** Answers all that wait in another way. */
  dismiss(answer: (response: ServerResponse) => void): void {
    for (const held of this.#queue) {
      held.leave('closed')
      answer(held.response)
    }
  }

  async #release(): Promise<void> {
    this.#isReleasing = true
    while (this.#queue.size > 0) {
      await this.#settlement.settled()
      for (const held of this.#queue) {
        // What was let through may have unsettled everything again.
        if (this.#settlement.reason !== undefined) break
        held.leave('settled')
        held.pass()
      }
    }
    this.#isReleasing = false
  }
}
