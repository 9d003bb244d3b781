import type { IncrementalDepsApi } from '@holdfast/vite-incremental-deps'
import type { RequestGateApi } from '@holdfast/vite-request-gate'
import type { Plugin } from 'vite'
import { FIGURES_PATH } from './constants.ts'

/** What plugins say of themselves, by the title that it has in the table. */
export type Figures = Record<string, { value: number; over: 'sum' | 'maximum' }>

/** By the name of a plugin: how its `api` is read. A server without it has no such figures. */
const readers: Record<string, (api: never) => Figures> = {
  '@holdfast/vite-incremental-deps': ({ reports }: IncrementalDepsApi) => ({
    'dependencies added': count(reports.filter(({ fellBack }) => fellBack === undefined).length),
    'dependencies left to Vite': count(reports.filter(({ fellBack }) => fellBack).length),
  }),
  '@holdfast/vite-request-gate': ({ stats }: RequestGateApi) => ({
    'requests held': count(stats.held),
    'longest hold, ms': { value: stats.longestHold, over: 'maximum' },
    'requests replayed': count(stats.replays),
    'requests answered for the application': count(stats.answers),
  }),
}

function count(value: number): Figures[string] {
  return { value, over: 'sum' }
}

/** Lets the load test read what the other plugins of its dev server count. */
export function figures(): Plugin {
  return {
    name: 'load-test-figures',
    configureServer({ config, middlewares }) {
      middlewares.use(FIGURES_PATH, (_request, response) => {
        const all = config.plugins.map(({ name, api }) => api && readers[name]?.(api as never))
        response.end(JSON.stringify(Object.assign({}, ...all)))
      })
    },
  }
}
