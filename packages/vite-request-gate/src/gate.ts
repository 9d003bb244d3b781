import type { ServerResponse } from 'node:http'
import type { Connect, DevEnvironment, Environment, ViteDevServer } from 'vite'
import { mayBeForVite } from './addressee.ts'
import { peekBody } from './body.ts'
import { Changes } from './changes.ts'
import type { Context } from './context.ts'
import { Hold } from './hold.ts'
import { keepTransforms } from './kept-transforms.ts'
import { mayDiscover } from './may-discover.ts'
import { tellMissedSaves } from './missed-saves.ts'
import type { Options } from './options.ts'
import { OwnRequests } from './own-requests.ts'
import { Recovery, refuse } from './recovery.ts'
import type { Reporter } from './report.ts'
import { watchRunner } from './runner.ts'
import type { Runner } from './runner.ts'
import { Settlement } from './settlement.ts'
import { Traffic } from './traffic.ts'
import { watchTransforms } from './transformed.ts'

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
  readonly #runners: Map<DevEnvironment, Runner>
  readonly #known = new WeakSet<ServerResponse>()
  readonly #endWatch: () => void
  #hasStarted = false

  /** @param watched the environments that requests wait for. */
  constructor(
    {
      config: { logger, plugins },
      environments: { client },
      httpServer,
      middlewares,
      watcher,
    }: ViteDevServer,
    watched: DevEnvironment[],
    options: Options,
    reporter: Reporter,
  ) {
    this.#options = options
    this.reporter = reporter
    this.settlement = new Settlement(watched)
    const context: Context = {
      environments: watched,
      client,
      middlewares,
      logger,
      options,
      reporter,
      settlement: this.settlement,
      traffic: this.#traffic,
      discovers: (environment) => mayDiscover(plugins, environment),
    }
    this.changes = new Changes(context)
    this.#hold = new Hold(context)
    this.#own = new OwnRequests(httpServer)
    this.#endWatch = tellMissedSaves(watcher)
    for (const environment of watched) {
      keepTransforms(environment)
      watchTransforms(environment)
    }
    this.#recovery = new Recovery(context)
    this.#runners = new Map(
      watched.map((environment) => [
        environment,
        watchRunner(environment, this.settlement, options.timeout, (payload) => {
          this.#recovery.generation++
          this.changes.superseded.sent(environment, payload)
        }),
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

  /** Behind those that serve the application, where another server may do so instead. */
  readonly onLeave: Connect.NextHandleFunction = (_request, response, next) => {
    this.#recovery.leaves(response)
    next()
  }

  /** Behind those that serve the application, and before Vite's, which answers every error. */
  readonly onError: Connect.ErrorHandleFunction = (error, _request, response, next) => {
    if (!this.#recovery.takes(response, error)) next(error)
  }

  /** To be called when environments listen, as everything is asked of them. */
  start(): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    for (const runner of this.#runners.values()) void runner.greet()
    void this.changes.start()
  }

  /** One environment may be closed while the server runs on. */
  close(environment: Environment): void {
    const watched = environment as DevEnvironment
    this.#runners.get(watched)?.close()
    this.#runners.delete(watched)
    this.settlement.close(watched)
    if (this.#runners.size > 0) return
    this.#own.close()
    this.#endWatch()
    this.dismiss()
  }

  /** Those who wait would wait for nothing: Vite destroys their connections when it closes. */
  dismiss(): void {
    this.#hold.dismiss((response) => {
      refuse(response, 'the server was restarted', 'it was not run, so please try again')
    })
  }

  #admit(
    request: Connect.IncomingMessage,
    response: ServerResponse,
    next: Connect.NextFunction,
  ): void {
    if (this.#known.has(response) || this.#recovery.isSecond(request) || this.#own.has(request)) {
      return next()
    }
    this.#known.add(response)
    this.start()
    this.#hold.admit(request, response, () => void this.#serve(request, response, next))
  }

  async #serve(
    request: Connect.IncomingMessage,
    response: ServerResponse,
    next: Connect.NextFunction,
  ): Promise<void> {
    const { mayReplay, replayLimit } = this.#options
    const { headers, method = 'GET', url = '/' } = request
    let isSafe = method === 'GET' || method === 'HEAD'
    let body: Buffer | undefined
    this.#traffic.enter(response)
    try {
      if (!isSafe && mayReplay({ method, url, headers })) {
        body = await peekBody(request, replayLimit)
        isSafe = body !== undefined
      }
    } catch (error) {
      // What `replay` throws is told as what any middleware throws.
      next(error)
      return
    }
    this.#recovery.watch(request, response, isSafe, body)
    this.#own.serve(next)
  }
}
