import type { ServerResponse } from 'node:http'
import type { Connect } from 'vite'
import { bounded } from './bounded.ts'
import { PACKAGE_NAME } from './constants.ts'
import type { Context } from './context.ts'
import type { Report } from './report.ts'
import { SlowStart } from './slow-start.ts'
import { closed } from './traffic.ts'

interface Held {
  response: ServerResponse
  /** Ends the wait, and has it counted. */
  leave: (outcome: (Report & { type: 'held' | 'dropped' })['outcome']) => void
  pass: () => void
}

/** The requests that wait until everything is settled, first in, first out. */
export class Hold {
  readonly #context: Context
  readonly #queue = new Set<Held>()
  #isReleasing = false
  /** What requests were let through for last, since all was settled. */
  #warnedOf: string | undefined

  constructor(context: Context) {
    this.#context = context
  }

  /** Calls `pass` when the request may go on, which is now if everything is settled. */
  admit(request: Connect.IncomingMessage, response: ServerResponse, pass: () => void): void {
    const { reason } = this.#context.settlement
    if (reason === undefined) this.#warnedOf = undefined
    if (reason === undefined && this.#queue.size === 0) return pass()

    const { limit, timeout } = this.#context.options
    const start = performance.now()
    const url = `${request.method} ${request.url}`
    if (this.#queue.size >= limit) {
      this.#context.logger.warnOnce(
        `[${PACKAGE_NAME}] ${limit} requests are held already, so others are let through; ` +
          `waiting because ${reason}`,
      )
      this.#context.reporter.tell({ type: 'held', url, duration: 0, outcome: 'limit' })
      return pass()
    }

    const onClose = (): void => held.leave('disconnect')
    const onTimeout = (): void => {
      const why = this.#context.settlement.reason
      held.leave(why === undefined ? 'settled' : 'timeout')
      if (why !== undefined) this.#warn(url, why)
      pass()
    }
    const held: Held = {
      response,
      pass,
      leave: (outcome) => {
        clearTimeout(timer)
        response.off('close', onClose)
        this.#queue.delete(held)
        this.#context.reporter.stats.waiting = this.#queue.size
        const duration = performance.now() - start
        if (outcome === 'disconnect' || outcome === 'closed') {
          this.#context.reporter.tell({ type: 'dropped', url, duration, outcome })
        } else {
          this.#context.reporter.tell({ type: 'held', url, duration, outcome })
        }
      },
    }
    const timer = setTimeout(onTimeout, timeout)
    response.once('close', onClose)
    this.#queue.add(held)
    this.#context.reporter.stats.waiting = this.#queue.size
    if (!this.#isReleasing) void this.#release()
  }

  /** One line for all that wait for the same. */
  #warn(url: string, why: string): void {
    if (this.#warnedOf === why) return
    this.#warnedOf = why
    const { logger, options } = this.#context
    logger.warn(
      `[${PACKAGE_NAME}] ${url} was held for ${options.timeout} ms and is let through, and so are ` +
        `others, although ${why}`,
    )
  }

  /** Answers all that wait in another way. */
  dismiss(answer: (response: ServerResponse) => void): void {
    for (const held of this.#queue) {
      held.leave('closed')
      answer(held.response)
    }
  }

  async #release(): Promise<void> {
    const { options, settlement } = this.#context
    this.#isReleasing = true
    let start = new SlowStart()
    while (this.#queue.size > 0) {
      const isNew = settlement.reason !== undefined
      await settlement.settled()
      if (isNew) start = new SlowStart()
      for (const held of [...this.#queue].slice(0, start.room)) {
        // One that takes long, such as a stream of events, keeps others no longer than a change.
        start.enter(bounded(closed(held.response), options.drain))
        held.leave('settled')
        held.pass()
      }
      if (this.#queue.size > 0) await start.hasRoom()
    }
    this.#isReleasing = false
  }
}
