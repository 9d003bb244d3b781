import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Where the code under test waits for the test: it asks for `url`, and is answered when the test
 * opens. So a test knows that it is there, and keeps it there, without a guess at times.
 */
export class Latch implements AsyncDisposable {
  /** Resolves when someone waits. */
  readonly reached: Promise<void>
  readonly #server: Server
  readonly #waiting = new Set<ServerResponse>()
  #isOpen = false

  private constructor() {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.reached = promise
    this.#server = createServer((_request, response) => {
      if (this.#isOpen) response.end()
      else this.#waiting.add(response)
      resolve()
    })
  }

  static async create(): Promise<Latch> {
    const latch = new Latch()
    latch.#server.listen(0, '127.0.0.1')
    await once(latch.#server, 'listening')
    return latch
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/`
  }

  open(): void {
    this.#isOpen = true
    for (const response of this.#waiting) response.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.open()
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
