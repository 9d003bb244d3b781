import type { ServerResponse } from 'node:http'
import type { Connect, DevEnvironment, ViteDevServer } from 'vite'
import { mayBeForVite } from './addressee.ts'
import { peekBody } from './body.ts'
import { Changes } from './changes.ts'
import { Hold } from './hold.ts'
import type { Options } from './options.ts'
import { OwnRequests } from './own-requests.ts'
import { Recovery, refuse } from './recovery.ts'
import type { Reporter } from './report.ts'
import { watchRunner } from './runner.ts'
import { Settlement } from './settlement.ts'
import { Traffic } from './traffic.ts'

/** All there is in one dev server. */
export class Gate {
  readonly changes: Changes
  readonly settlement: Settlement
  readonly reporter: Reporter
  readonly #options: Options
  readonly #hold: Hold
  readonly #own: OwnRequests
  readonly #recovery: Recovery
  readonly #traffic: Traffic = new Traffic()
  readonly #known = new WeakSet<ServerResponse>()
  readonly #endings: Map<DevEnvironment, () => void>

  constructor(
    { config, environments, httpServer, middlewares }: ViteDevServer,
    watched: DevEnvironment[],
    options: Options,
    reporter: Reporter,
  ) {
    const settlement = new Settlement(watched)
    const traffic = this.#traffic
    this.#options = options
    this.reporter = reporter
    this.settlement = settlement
    this.changes = new Changes(watched, config, settlement, traffic, reporter, options)
    this.#hold = new Hold(settlement, options, reporter, config.logger)
    this.#own = new OwnRequests(httpServer)
    this.#recovery = new Recovery({
      ...{ environments: watched, client: environments.client!, middlewares },
      ...{ settlement, traffic, reporter, timeout: options.timeout, drain: options.drain },
    })
    this.#endings = new Map(
      watched.map((environment) => [
        environment,
        watchRunner(environment, settlement, () => this.#recovery.generation++),
      ]),
    )
  }

  /** Before all other middlewares, some of which may serve the application. */
  readonly front: Connect.NextHandleFunction = (request, response, next) => {
    if (mayBeForVite(request)) next()
    else this.#admit(request, response, next)
  }

  /** Behind Vite's own middlewares: what comes here is for the application. */
  readonly behindVite: Connect.NextHandleFunction = (request, response, next) => {
    this.#admit(request, response, next)
  }

  /** Behind those that serve the application, and before Vite's, which answers every error. */
  readonly onError: Connect.ErrorHandleFunction = (error, _request, response, next) => {
    if (!this.#recovery.takes(response, error)) next(error)
  }

  /** One environment may be closed while the server runs on. */
  close(environment: DevEnvironment): void {
    this.#endings.get(environment)?.()
    this.#endings.delete(environment)
    if (this.#endings.size > 0) return
    this.#own.close()
    this.dismiss()
  }

  /** Those who wait would wait for nothing: Vite destroys their connections when it closes. */
  dismiss(): void {
    this.#hold.dismiss((response) => refuse(response, 'the server was restarted'))
  }

  #admit(request: Connect.IncomingMessage, response: ServerResponse, next: () => void): void {
    if (this.#known.has(response) || this.#recovery.isSecond(request) || this.#own.has(request)) {
      return next()
    }
    this.#known.add(response)
    void this.changes.start()
    this.#hold.admit(request, response, () => void this.#serve(request, response, next))
  }

  async #serve(
    request: Connect.IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): Promise<void> {
    const { mayReplay, replayLimit } = this.#options
    const { headers, method = 'GET', url = '/' } = request
    let isSafe = method === 'GET' || method === 'HEAD'
    let body: Buffer | undefined
    this.#traffic.enter(response)
    if (!isSafe && mayReplay({ method, url, headers })) {
      body = await peekBody(request, replayLimit)
      isSafe = body !== undefined
    }
    this.#recovery.watch(request, response, isSafe, body)
    this.#own.serve(next)
  }
}
