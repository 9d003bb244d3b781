import type { ServerResponse } from 'node:http'
import { bounded } from './bounded.ts'

/** The requests that are being served. */
export class Traffic {
  readonly #responses = new Set<ServerResponse>()
  /** Those that have outlived a change, and are not waited for again. */
  readonly #longLived = new WeakSet<ServerResponse>()

  enter(response: ServerResponse): void {
    this.#responses.add(response)
    response.once('close', () => this.#responses.delete(response))
  }

  /** For one that waits for a change itself. */
  leave(response: ServerResponse): void {
    this.#responses.delete(response)
  }

  /** Resolves when all that are being served now are done with, or after `limit` ms. */
  async drain(limit: number): Promise<void> {
    const waiting = [...this.#responses].filter(
      (response) => !this.#longLived.has(response) && !isEventStream(response),
    )
    if (waiting.length === 0) return
    await bounded(Promise.all(waiting.map(closed)), limit)
    for (const response of waiting) this.#longLived.add(response)
  }
}

export function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', resolve))
}

/** As `EventSource` asks for it. Others are waited for, once. */
function isEventStream({ req }: ServerResponse): boolean {
  return req.headers.accept === 'text/event-stream'
}
