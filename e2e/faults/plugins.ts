import { fileURLToPath } from 'node:url'
import type { RequestGateApi, Stats } from '@holdfast/vite-request-gate'
import type { Plugin } from 'vite'
import { STATS_PATH } from './constants.ts'

const routesFile = fileURLToPath(new URL('./routes.ts', import.meta.url))

/** Puts `routes.ts` in front of the harness's worker. */
export function routes(): Plugin {
  return {
    name: 'faults-routes',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/worker\.tsx$/ },
      handler: (code) =>
        `import { answer } from ${JSON.stringify(routesFile)};` +
        code.replace('export default {', 'const application = {') +
        'export default { fetch: (request) => answer(request) ?? application.fetch(request) }',
    },
  }
}

/** A module that says so is transformed no sooner than its latch is open: see `saveSlowly()`. */
export function slowTransform(): Plugin {
  return {
    name: 'faults-slow-transform',
    enforce: 'pre',
    async transform(code) {
      const latch = /await-latch (\S+)/.exec(code)?.[1]
      if (latch !== undefined && this.environment.name === 'rsc') await fetch(latch)
    },
  }
}

/** Lets a test read what the gate counts. */
export function stats(): Plugin {
  return {
    name: 'faults-stats',
    configureServer({ config, middlewares }) {
      middlewares.use(STATS_PATH, (_request, response) => {
        const gate = config.plugins.find(({ name }) => name === '@holdfast/vite-request-gate')!
        const api = gate.api as RequestGateApi
        response.end(JSON.stringify(api.stats satisfies Stats))
      })
    },
  }
}
