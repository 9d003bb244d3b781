import { randomUUID } from 'node:crypto'
import { findActionFault, findPageFault } from './checks.ts'
import type { Answer, Fault } from './checks.ts'

/** As Vite's plugin for server components names the harness's action in development. */
const ACTION_ID = '/src/load-test/actions.ts#runCounted'

/** Milliseconds. What is held back may take long; what a reload overtakes may never be answered. */
const TIMEOUT = 15_000
/** Milliseconds for a server that was just started to serve a page, far more than it should take. */
const FIRST_PAGE_DEADLINE = 60_000

export interface Result {
  fault: Fault | undefined
  body: string
  /** Absent where nothing was answered. */
  stateId?: string | undefined
  /** What the worker's own module says of itself, once it is edited. */
  edited?: string | undefined
}

export interface ActionResult extends Result {
  /** Unique to the call. */
  key: string
}

/** The harness, as its users and their browsers call it. Neither a page nor a call rejects. */
export class Application {
  readonly url: string
  readonly #counterUrl: string

  constructor(url: string, counterUrl: string) {
    this.url = url
    this.#counterUrl = counterUrl
  }

  getPage(): Promise<Result> {
    const path = `/load/${randomUUID()}`
    return this.#ask(path, {}, (answer) => findPageFault(answer, path))
  }

  /** @throws {Error} if no page is correct for a minute. */
  async firstPage(): Promise<void> {
    const start = performance.now()
    for (;;) {
      const { fault, body } = await this.getPage()
      if (fault === undefined) return
      if (performance.now() - start > FIRST_PAGE_DEADLINE) {
        throw new Error(`The server does not start well: ${fault}\n${body}`)
      }
    }
  }

  async callAction(): Promise<ActionResult> {
    const key = randomUUID()
    const path = `/load/${key}`
    const init = {
      method: 'POST',
      headers: { 'x-rsc-action': ACTION_ID },
      body: JSON.stringify([key, this.#counterUrl]),
    }
    const check = (answer: Answer) => findActionFault(answer, path, key)
    return { ...(await this.#ask(`${path}_.rsc`, init, check)), key }
  }

  async #ask(
    path: string,
    init: RequestInit,
    check: (answer: Answer) => Fault | undefined,
  ): Promise<Result> {
    const signal = AbortSignal.timeout(TIMEOUT)
    try {
      const response = await fetch(this.url + path, { ...init, signal })
      const { status, headers } = response
      const body = await response.text()
      const stateId = headers.get('x-state-id') ?? undefined
      const edited = headers.get('x-edited') ?? undefined
      return { fault: check({ status, headers, body }), body, stateId, edited }
    } catch (error) {
      // What `fetch` failed of is its cause.
      const body = String((error as Error).cause ?? error)
      return { fault: signal.aborted ? 'timeout' : 'connection', body }
    }
  }
}
