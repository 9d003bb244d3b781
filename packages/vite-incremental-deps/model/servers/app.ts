import type { ServerResponse } from 'node:http'
import type { Connect, DevEnvironment, Plugin, RunnableDevEnvironment, ViteDevServer } from 'vite'
import type { IncrementalDepsApi } from '../../src/index.ts'

/** What a server under test says of itself. */
export interface Status {
  isBusy: boolean
  reloads: number
  added: number
  fellBack: number
}

/** The server side of the generated project: answers for pages by evaluating them. */
export function app(): Plugin {
  let reloads = 0
  return {
    name: 'model-app',
    configureServer(server) {
      for (const { hot } of Object.values(server.environments)) {
        const send = hot.send.bind<(...args: unknown[]) => void>(hot)
        hot.send = (...args: unknown[]) => {
          if ((args[0] as { type?: string }).type === 'full-reload') reloads++
          send(...args)
        }
      }
      // A post hook, as frameworks have it: requests pass other plugins first.
      return () => {
        answer(server, '/__page', async (query) => {
          const { runner } = server.environments['ssr'] as RunnableDevEnvironment
          const entry = await runner.import<{ default: (name: string) => unknown }>('/src/entry.js')
          return entry.default(query.get('name')!)
        })
        answer(server, '/__status', () => ({ ...statusOf(server), reloads }))
      }
    },
  }
}

function answer(
  { middlewares }: ViteDevServer,
  path: string,
  handle: (query: URLSearchParams) => unknown,
): void {
  middlewares.use(path, (request: Connect.IncomingMessage, response: ServerResponse) => {
    const { searchParams } = new URL(request.originalUrl!, 'http://localhost')
    const end = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    Promise.resolve()
      .then(() => handle(searchParams))
      .then(
        (value) => end(200, value),
        (error: unknown) => end(500, error instanceof Error ? error.message : String(error)),
      )
  })
}

function statusOf({ config, environments }: ViteDevServer): Omit<Status, 'reloads'> {
  const found = config.plugins.find(({ name }) => name === '@holdfast/vite-incremental-deps')
  const reports = (found?.api as IncrementalDepsApi | undefined)?.reports ?? []
  return {
    isBusy: Object.values(environments).some(isBusy),
    added: reports.filter(({ fellBack }) => fellBack === undefined).length,
    fellBack: reports.filter(({ fellBack }) => fellBack !== undefined).length,
  }
}

const isBusy = ({ depsOptimizer }: DevEnvironment): boolean =>
  depsOptimizer !== undefined &&
  (depsOptimizer.scanProcessing !== undefined ||
    Object.values(depsOptimizer.metadata.discovered).some(({ processing }) => processing))
