import type { ServerResponse } from 'node:http'

type Write = (...args: any[]) => any

/**
 * Watches a response for a failure, as long as no byte of it is sent. It then can be discarded:
 * whatever else is written to it goes nowhere, but for what is written by way of `again()`.
 */
export class ResponseGuard {
  readonly #response: ServerResponse
  readonly #hasFailed: (text: string) => boolean
  #state: 'watching' | 'passing' | 'discarded' = 'watching'
  /** An unsent head, of a failure that the body is to tell more of. */
  #head: unknown[] | undefined
  #isWritingAgain = false

  /**
   * @param hasFailed decides on a response with a status of 500 or more, given the beginning of its
   * body. If it returns `true`, the response is discarded.
   */
  constructor(response: ServerResponse, hasFailed: (text: string) => boolean) {
    this.#response = response
    this.#hasFailed = hasFailed
    const { writeHead, write, end, flushHeaders } = response as unknown as Record<string, Write>
    this.#replace('writeHead', writeHead!, (...head) => {
      if ((head[0] as number) < 500) return this.#pass(writeHead!, head)
      this.#head = head
      return response
    })
    this.#replace('flushHeaders', flushHeaders!, () => {
      if (!this.#isFailure) this.#pass(flushHeaders!, [])
    })
    this.#replace('write', write!, (...body) => {
      return this.#isFailure && this.#fails(body[0]) ? true : this.#pass(write!, body)
    })
    this.#replace('end', end!, (...body) => {
      return this.#isFailure && this.#fails(body[0]) ? response : this.#pass(end!, body)
    })
  }

  /** Whether it is too late to answer in another way. */
  get isSent(): boolean {
    return this.#state === 'passing'
  }

  discard(): void {
    const response = this.#response
    this.#state = 'discarded'
    this.#head = undefined
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    response.statusCode = 200
  }

  /** What a second attempt writes to. */
  again(): ServerResponse {
    return new Proxy(this.#response, {
      get: (response, key) => {
        const value: unknown = Reflect.get(response, key)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          this.#isWritingAgain = true
          try {
            return Reflect.apply(value, response, args) as unknown
          } finally {
            this.#isWritingAgain = false
          }
        }
      },
      set: (response, key, value) => Reflect.set(response, key, value),
    })
  }

  get #isFailure(): boolean {
    return ((this.#head?.[0] as number) ?? this.#response.statusCode) >= 500
  }

  #fails(chunk: unknown): boolean {
    const text = typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk) : ''
    return this.#hasFailed(text.toString())
  }

  #replace(
    key: 'writeHead' | 'flushHeaders' | 'write' | 'end',
    original: Write,
    watch: Write,
  ): void {
    const response = this.#response as unknown as Record<string, Write>
    response[key] = (...args: unknown[]): unknown => {
      if (this.#state === 'watching') return watch(...args)
      if (this.#state === 'passing' || this.#isWritingAgain) return original.apply(response, args)
      return key === 'write' ? true : response
    }
  }

  #pass(original: Write, args: unknown[]): unknown {
    this.#state = 'passing'
    if (this.#head) this.#response.writeHead(...(this.#head as [number]))
    return original.apply(this.#response, args)
  }
}
