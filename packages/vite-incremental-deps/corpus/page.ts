import type { DevEnvironment } from 'vite'
import type { Evaluator } from './evaluator.ts'

interface Answer {
  call: number
  value?: unknown
  error?: string
}

/** Evaluates modules in the page that `project/page.js` runs in. */
export class Page implements Evaluator {
  readonly #environment: DevEnvironment
  readonly #waiting = new Map<number, { url: string; settle: (answer: Answer) => void }>()
  #calls = 0
  #isReady = false

  constructor(environment: DevEnvironment) {
    this.#environment = environment
    environment.hot.on('corpus:ready', () => {
      this.#isReady = true
      // A page that has reloaded has forgotten what it was asked.
      for (const call of this.#waiting.keys()) this.#send(call)
    })
    environment.hot.on('corpus:answer', (answer: Answer) => {
      this.#waiting.get(answer.call)?.settle(answer)
      this.#waiting.delete(answer.call)
    })
  }

  async call(url: string): Promise<unknown> {
    const call = ++this.#calls
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.#waiting.set(call, { url, settle: resolve })
    if (this.#isReady) this.#send(call)
    const { error, value } = await promise
    if (error) throw new Error(error)
    return value
  }

  async instances(): Promise<string[]> {
    return (await this.call('/loaded.js')) as string[]
  }

  async reload(): Promise<void> {
    this.#isReady = false
    this.#environment.hot.send({ type: 'full-reload', path: '*' })
    await this.instances()
  }

  #send(call: number): void {
    const { url } = this.#waiting.get(call)!
    this.#environment.hot.send('corpus:call', { call, url })
  }
}
