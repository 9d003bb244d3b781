import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * What actions do to the world outside: they tell this server which call it was. It lives past every
 * reload and restart of theirs, so its count is the truth, whatever the answers say.
 */
export class Counter implements AsyncDisposable {
  readonly #server: Server
  readonly #runs = new Map<string, number>()

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const key = await text(request)
      this.#runs.set(key, this.runs(key) + 1)
      response.end()
    })
  }

  static async start(): Promise<Counter> {
    const counter = new Counter()
    counter.#server.listen(0, '127.0.0.1')
    await once(counter.#server, 'listening')
    return counter
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/`
  }

  /** How often the call has had its effect. */
  runs(key: string): number {
    return this.#runs.get(key) ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
