import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRunnableDevEnvironment } from 'vite'
import type { Connect, Plugin } from 'vite'

type Server = typeof import('./src/server.ts')

/** Answers with what the server's entry renders: in Vite's own process, and from the build. */
export function serveApp(): Plugin {
  return {
    name: 'serve-app',
    configureServer({ environments: { ssr }, middlewares }) {
      if (!ssr || !isRunnableDevEnvironment(ssr))
        throw new Error('The ssr environment has no runner.')
      return () => middlewares.use(answer(() => ssr.runner.import<Server>('/src/server.ts')))
    },
    configurePreviewServer({ config, middlewares }) {
      const built = pathToFileURL(path.resolve(config.root, 'dist/server.js')).href
      return () => middlewares.use(answer(() => import(built) as Promise<Server>))
    },
  }
}

function answer(load: () => Promise<Server>): Connect.NextHandleFunction {
  return async (request, response, next) => {
    try {
      const { render } = await load()
      response.end(render(request.url ?? '/'))
    } catch (error) {
      next(error)
    }
  }
}
