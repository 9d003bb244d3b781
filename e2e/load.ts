import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@playwright/test'

/** Milliseconds between requests. */
const INTERVAL = 40

/** What a machine that is too slow for the rate is spared. */
const MOST_AT_ONCE = 40

/** Makes a request and tells what is wrong with the answer, if anything. Notes whose state it is. */
export type Request = (
  url: string,
  number: number,
  states: Set<string | null>,
) => Promise<string | undefined>

/** A third of the requests are server actions. */
const pageOrAction: Request = (url, number, states) =>
  (number % 3 === 0 ? callAction : getPage)(url, number, states)

/**
 * Requests, by default about 25 a second, until it is disposed. Then every one must have been
 * answered, correctly and on the same state.
 */
export class Load implements AsyncDisposable {
  readonly #url: string
  readonly #request: Request
  readonly #interval: number
  readonly #failures: string[] = []
  readonly #states = new Set<string | null>()
  readonly #asking: Promise<void>
  #isOver = false
  count = 0

  constructor(url: string, request: Request = pageOrAction, interval: number = INTERVAL) {
    this.#url = url
    this.#request = request
    this.#interval = interval
    this.#asking = this.#run()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#asking
    // Softly: an error here must not hide the one that ended the test.
    expect.soft(this.#failures).toEqual([])
    expect.soft([...this.#states]).toHaveLength(1)
  }

  async #run(): Promise<void> {
    const asking = new Set<Promise<void>>()
    while (!this.#isOver) {
      if (asking.size < MOST_AT_ONCE) {
        const answer = this.#ask(++this.count).finally(() => asking.delete(answer))
        asking.add(answer)
      }
      await sleep(this.#interval)
    }
    await Promise.all(asking)
  }

  async #ask(number: number): Promise<void> {
    try {
      const problem = await this.#request(this.#url, number, this.#states)
      if (problem !== undefined) this.#failures.push(problem)
    } catch (error) {
      this.#failures.push(`${number}: ${String(error)}`)
    }
  }
}

/** What is wrong with a page, if anything: its status alone proves nothing. */
export async function getPage(
  url: string,
  number: number,
  states: Set<string | null>,
): Promise<string | undefined> {
  const path = `/page/${number}`
  const response = await fetch(url + path)
  const text = await response.text()
  states.add(response.headers.get('x-state-id'))
  const parts = ['</html>', path, 'Call ', String(response.headers.get('x-request-id'))]
  const missing = parts.filter((part) => !text.includes(part))
  if (response.status === 200 && missing.length === 0) return undefined
  return `GET ${number}: ${response.status} without ${missing.join()}: ${text.slice(0, 300)}`
}

/** The same for an action, which tells what it was called with, by the request it ran in. */
export async function callAction(
  url: string,
  number: number,
  states: Set<string | null>,
): Promise<string | undefined> {
  const response = await fetch(`${url}/_.rsc`, {
    method: 'POST',
    headers: { 'x-rsc-action': '/src/actions.ts#callServerAction', 'content-type': 'text/plain' },
    body: JSON.stringify([number]),
  })
  const text = await response.text()
  const { headers, status } = response
  states.add(headers.get('x-state-id'))
  const ran = new RegExp(`Call ${number} (?:is|was) [^"]* in ${headers.get('x-request-id')}`)
  if (status === 200 && ran.test(text)) return undefined
  return `POST ${number}: ${status}: ${text.slice(0, 300)}`
}
