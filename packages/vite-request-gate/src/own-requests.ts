import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage, Server } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { OWN_HEADER } from './constants.ts'
import { isThisMachine } from './this-machine.ts'

/** A request as undici, and so `fetch`, publishes it before it is sent. */
interface UndiciRequest {
  origin?: string | URL
  addHeader: (name: string, value: string) => void
}

/**
 * Tells the requests that the application makes of itself while it serves one. Holding them would
 * hold what they are made for, for which the release may in turn be waiting. Each can be told by who
 * made it:
 *
 * - A service or asset binding enters the middleware by a server that is not Vite's: Miniflare's.
 * - `fetch` in a worker adds `CF-Worker`, as in production (`core/outbound.worker.ts` in Miniflare). The
 *   worker runs on this machine; from others the header proves nothing.
 * - Code that runs in this process is known by its asynchronous context, and what it sends to the
 *   port of this server is marked.
 */
export class OwnRequests {
  readonly #server: Server | Http2SecureServer | null
  readonly #serving = new AsyncLocalStorage<true>()
  readonly #token: string = randomUUID()

  constructor(server: Server | Http2SecureServer | null) {
    this.#server = server
    // Both publish in the context of the caller.
    subscribe('undici:request:create', this.#onUndici)
    subscribe('http.client.request.created', this.#onHttp)
  }

  /** Runs what serves a request. */
  serve(action: () => void): void {
    this.#serving.run(true, action)
  }

  has({ headers, socket }: IncomingMessage): boolean {
    if (headers[OWN_HEADER] === this.#token) return true
    if (headers['cf-worker'] !== undefined && isThisMachine(socket.remoteAddress ?? '')) return true
    const { server } = socket as { server?: unknown }
    return this.#server !== null && server !== undefined && server !== this.#server
  }

  close(): void {
    unsubscribe('undici:request:create', this.#onUndici)
    unsubscribe('http.client.request.created', this.#onHttp)
  }

  readonly #onUndici = (message: unknown): void => {
    const { request } = message as { request: UndiciRequest }
    if (this.#isOwn(() => new URL(request.origin!))) request.addHeader(OWN_HEADER, this.#token)
  }

  readonly #onHttp = (message: unknown): void => {
    const { request } = message as { request: ClientRequest }
    if (this.#isOwn(() => new URL(`http://${String(request.getHeader('host'))}`))) {
      request.setHeader(OWN_HEADER, this.#token)
    }
  }

  /** Only what is sent to this server, lest others see the header. */
  #isOwn(target: () => URL): boolean {
    if (!this.#serving.getStore()) return false
    const { port: own } = (this.#server?.address() ?? {}) as Partial<AddressInfo>
    if (own === undefined) return false
    const { hostname, port } = target()
    return port === String(own) && isThisMachine(hostname)
  }
}
