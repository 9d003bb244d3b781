import type { ServerResponse } from 'node:http'
import type { EvaluateOnceApi, Fetched } from '@holdfast/vite-evaluate-once'
import type { StatePluginApi } from '@holdfast/vite-state-plugin'
import type { Connect, ViteDevServer } from 'vite'
import { apiOf } from './api-of.ts'
import { PACKAGE_NAME, PAGE_PATH } from './constants.ts'
import { findRefusal } from './page-access.ts'
import { readPageFiles } from './page-files.ts'
import type { PageFile } from './page-files.ts'
import { sessionOf } from './session.ts'
import type { Entry } from './timeline.ts'

export interface PageOptions {
  /**
   * Whether the page shows the values of the state, cut short, as text.
   * @default false
   */
  values?: boolean
  /**
   * Whether other machines may open it.
   * @default false
   */
  remote?: boolean
}

/** What the page is told of the timeline. */
export interface TimelineData {
  /** The names of all environments. */
  environments: string[]
  entries: readonly Readonly<Entry>[]
  /** Lines for the config that would have had everything optimized from the start. */
  advice: string | undefined
}

/** What the page is told of the state. */
export interface StateData {
  /** Absent where there is no state plugin. */
  keys?: Awaited<ReturnType<StatePluginApi['stateKeys']>>
  /** Whether the keys have values. */
  hasValues: boolean
}

/** What the page is told of dependencies that runners have evaluated; nothing where none is kept. */
export interface KeptData {
  dependencies?: Fetched[]
}

/** For all but the frame: nothing is loaded from elsewhere, and nothing sent there. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/**
 * For the frame, in which Vite's client runs: `server.hmr` may put the WebSocket on another host or
 * port, and a worker out of a blob waits for a server that restarts.
 */
const framePolicy = policy
  .replace("connect-src 'self'", "connect-src 'self' ws: wss:; worker-src 'self' blob:")
  .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

/** Serves the page and what it shows. Does nothing until it is asked. */
export function servePage(
  { config, environments }: ViteDevServer,
  { values = false, remote = false }: PageOptions,
): Connect.NextHandleFunction {
  const root = config.base + PAGE_PATH
  let files: Promise<Map<string, PageFile>> | undefined

  const timelineData = (): TimelineData => {
    const { advice, timeline } = sessionOf(config)
    return { environments: Object.keys(environments), entries: timeline.entries, advice }
  }
  const stateData = async (): Promise<StateData> => {
    const api: Partial<StatePluginApi> | undefined = apiOf(config, '@holdfast/vite-state-plugin')
    const keys = await api?.stateKeys?.({ values })
    return { ...(keys && { keys }), hasValues: values }
  }

  const keptData = (): KeptData => {
    const api: Partial<EvaluateOnceApi> | undefined = apiOf(config, '@holdfast/vite-evaluate-once')
    const dependencies = api?.fetched?.()
    return { ...(dependencies && { dependencies }) }
  }

  const answer = async (
    name: string,
    response: ServerResponse,
    next: Connect.NextFunction,
  ): Promise<void> => {
    try {
      if (name === 'timeline.json') return sendJson(response, timelineData())
      if (name === 'kept.json') return sendJson(response, keptData())
      if (name === 'state.json') return sendJson(response, await stateData())
      files ??= readPageFiles()
      const file = (await files).get(name || 'index.html')
      if (!file) return send(response, 404, 'text/plain', 'There is no such file.')
      if (name === 'live.html') response.setHeader('Content-Security-Policy', framePolicy)
      send(response, 200, file.type, file.content)
    } catch (error) {
      next(error)
    }
  }

  return (request, response, next) => {
    const { method, url = '/' } = request
    const [pathname = '/'] = url.split('?')
    if (pathname !== root && !pathname.startsWith(`${root}/`)) return next()

    response.setHeader('Cache-Control', 'no-cache')
    response.setHeader('Content-Security-Policy', policy)
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    response.setHeader('Referrer-Policy', 'no-referrer')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    const refusal = findRefusal(request, remote)
    if (refusal !== undefined) {
      const text = `[${PACKAGE_NAME}] this request is refused: ${refusal}.`
      return send(response, 403, 'text/plain', text)
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return send(response, 405, 'text/plain', 'Only GET and HEAD are allowed.')
    }
    if (pathname === root) {
      // Relative, for a server that is mounted somewhere.
      response.setHeader('Location', `./${PAGE_PATH}/`)
      return send(response, 302, 'text/plain', '')
    }
    void answer(pathname.slice(root.length + 1), response, next)
  }
}

function sendJson(response: ServerResponse, data: TimelineData | StateData | KeptData): void {
  send(response, 200, 'application/json', JSON.stringify(data))
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  content: string | Buffer,
): void {
  response.writeHead(status, { 'Content-Type': type }).end(content)
}
