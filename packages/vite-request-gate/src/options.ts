import type { IncomingHttpHeaders } from 'node:http'
import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

/** What a predicate for replay is given. */
export interface ReplayableRequest {
  method: string
  /** As it was sent, with the query. */
  url: string
  headers: IncomingHttpHeaders
}

export interface RequestGateOptions {
  /**
   * The environments that requests wait for, by name.
   * @default all but those whose code runs in the browser
   */
  environments?: string[]
  /**
   * How long a request is held at most, in ms. Then it is let through, and a line says why.
   * @default 10000
   */
  timeout?: number
  /**
   * How many requests are held at once at most. What comes then is let through.
   * @default 1000
   */
  limit?: number
  /**
   * How long a change waits for requests that are being served, in ms. Those that take longer, such
   * as streams of events, live on through it.
   * @default 1000
   */
  drain?: number
  /**
   * The requests, other than GET and HEAD, that may be run twice: paths, or a predicate. Their
   * bodies are kept in memory until they are answered.
   * @default none
   */
  replay?: string[] | ((request: ReplayableRequest) => boolean)
  /**
   * The largest body that is kept for `replay`, in bytes. A request with a larger one runs once.
   * @default 1048576
   */
  replayLimit?: number
}

export interface Options extends Required<Omit<RequestGateOptions, 'environments' | 'replay'>> {
  mayReplay: (request: ReplayableRequest) => boolean
}

/** All that there are. */
const known: Record<keyof RequestGateOptions, true> = {
  environments: true,
  timeout: true,
  limit: true,
  drain: true,
  replay: true,
  replayLimit: true,
}

/** @throws {Error} on an option that does not exist, and on a list that is none. */
export function checkOptions(options: RequestGateOptions): void {
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(known, name))
  if (unknown.length > 0) {
    throw new Error(
      `[${PACKAGE_NAME}] there is no option ${unknown.map((name) => `"${name}"`).join(', ')}; ` +
        `there are ${Object.keys(known).join(', ')}`,
    )
  }
  const { environments = [], replay = [] } = options
  if (!Array.isArray(environments)) {
    throw new TypeError(`[${PACKAGE_NAME}] \`environments\` must be a list of names`)
  }
  if (!Array.isArray(replay) && typeof replay !== 'function') {
    throw new TypeError(`[${PACKAGE_NAME}] \`replay\` must be a list of paths, or a function`)
  }
}

export function withDefaults(options: RequestGateOptions): Options {
  const {
    timeout = 10_000,
    limit = 1000,
    drain = 1000,
    replay = [],
    replayLimit = 2 ** 20,
  } = options
  const mayReplay = Array.isArray(replay)
    ? ({ url }: ReplayableRequest) => replay.includes(url.split('?', 1)[0]!)
    : replay
  return { timeout, limit, drain, mayReplay, replayLimit }
}

/** @throws {Error} if there is none of a name. */
export function findEnvironments(
  environments: Record<string, DevEnvironment>,
  names?: string[],
): DevEnvironment[] {
  const all = Object.values(environments)
  if (!names) return all.filter(({ config }) => config.consumer === 'server')
  return names.map((name) => {
    if (Object.hasOwn(environments, name)) return environments[name]!
    throw new Error(
      `[${PACKAGE_NAME}] no environment is named "${name}"; ` +
        `this server has ${Object.keys(environments).join(', ')}; correct \`environments\``,
    )
  })
}
