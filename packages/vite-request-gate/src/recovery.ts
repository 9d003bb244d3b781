import type { ServerResponse } from 'node:http'
import type { Connect } from 'vite'
import { copyRequest } from './body.ts'
import { bounded } from './bounded.ts'
import { REASON_HEADER } from './constants.ts'
import type { Context } from './context.ts'
import { ResponseGuard } from './response-guard.ts'
import { isOutdatedMessage } from './vite-internals.ts'

const RELOADED = 'a reload overtook the request'
const OUTDATED = 'a dependency was optimized anew while the request was served'

/** A request that is being served for the first time. */
interface Attempt {
  request: Connect.IncomingMessage
  response: ServerResponse
  guard: ResponseGuard
  /** As it was when the request came in. */
  url: string
  /** How many reloads there had been by then. */
  generation: number
  mayReplay: boolean
  body: Buffer | undefined
}

/**
 * What becomes of a request that fails because of a reload: a second run or, where that may do
 * harm, an answer that says so. The second is not watched, so that there is no third.
 */
export class Recovery {
  /** Counts the reloads and updates that were sent to runners. */
  generation = 0
  readonly #context: Context
  readonly #attempts = new WeakMap<ServerResponse, Attempt>()
  readonly #seconds = new WeakSet<Connect.IncomingMessage>()

  constructor(context: Context) {
    this.#context = context
  }

  isSecond(request: Connect.IncomingMessage): boolean {
    return this.#seconds.has(request)
  }

  /** @param body what was read of it already, for a second run. */
  watch(
    request: Connect.IncomingMessage,
    response: ServerResponse,
    mayReplay: boolean,
    body?: Buffer,
  ): void {
    const { generation } = this
    const guard = new ResponseGuard(response, (text) => this.#recover(attempt, text))
    const url = request.url!
    const attempt: Attempt = { request, response, guard, url, generation, mayReplay, body }
    this.#attempts.set(response, attempt)
  }

  /** Whether the error is taken care of. The response may be a second run's. */
  takes(response: ServerResponse, error: unknown): boolean {
    const attempt = this.#attempts.get(response)
    if (!attempt) return false
    return this.#recover(attempt, error instanceof Error ? error.message : String(error))
  }

  /**
   * To be called when a request goes on to a server that this one is a middleware of, which there is
   * no way to have serve it again.
   */
  leaves(response: ServerResponse): void {
    const attempt = this.#attempts.get(response)
    if (attempt) attempt.mayReplay = false
  }

  #recover(attempt: Attempt, text: string): boolean {
    const { guard, mayReplay, request, response, url } = attempt
    const isOutdated = isOutdatedMessage(text)
    const isOvertaken =
      attempt.generation !== this.generation || this.#context.settlement.reason !== undefined
    if (guard.isSent || response.destroyed || !(isOutdated || isOvertaken)) return false

    this.#attempts.delete(response)
    guard.discard()
    const reason = isOutdated ? OUTDATED : RELOADED
    const name = `${request.method} ${url}`
    this.#context.traffic.leave(response)
    if (mayReplay) {
      this.#context.reporter.tell({ type: 'replayed', url: name, reason })
      void this.#replay(attempt, isOutdated)
    } else {
      this.#context.reporter.tell({ type: 'answered', url: name, reason })
      refuse(guard.again(), reason, 'it was not run again, so please check what it did')
      void this.#reloadBrowser(attempt, isOutdated)
    }
    return true
  }

  async #replay(attempt: Attempt, isOutdated: boolean): Promise<void> {
    const { body, guard, request, response, url } = attempt
    await this.#whenServable(attempt, isOutdated)
    if (response.destroyed) return
    this.#context.traffic.enter(response)
    const second = copyRequest(request, url, body)
    this.#seconds.add(second)
    this.#context.middlewares(second, guard.again())
  }

  async #reloadBrowser(attempt: Attempt, isOutdated: boolean): Promise<void> {
    await this.#whenServable(attempt, isOutdated)
    this.#context.client.hot.send({ type: 'full-reload', path: '*' })
  }

  async #whenServable({ generation }: Attempt, isOutdated: boolean): Promise<void> {
    const { options, settlement } = this.#context
    await bounded(settlement.settled(), options.timeout)
    // Runners keep the failure of a module, until someone reloads them.
    if (!isOutdated || generation !== this.generation) return
    await this.#reload()
    await bounded(settlement.settled(), options.timeout)
  }

  async #reload(): Promise<void> {
    const { environments, options, settlement, traffic } = this.#context
    const end = settlement.begin('a runner has to forget a module that failed')
    // Another request may have failed for the same cause, and had it reloaded meanwhile.
    const { generation } = this
    await traffic.drain(options.drain)
    if (generation === this.generation) {
      for (const environment of environments) environment.moduleGraph.invalidateAll()
      for (const { hot } of environments) hot.send({ type: 'full-reload', path: '*' })
    }
    end()
  }
}

/** Says in one sentence that the request was not served. */
export function refuse(response: ServerResponse, reason: string, advice: string): void {
  response.writeHead(503, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': '1',
    [REASON_HEADER]: reason,
  })
  response.end(`The dev server could not complete this request, as ${reason}; ${advice}.\n`)
}
