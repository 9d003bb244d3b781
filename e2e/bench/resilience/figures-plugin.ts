import type { IncrementalDepsApi } from '@holdfast/vite-incremental-deps'
import type { Plugin } from 'vite'

/** Where the dev server answers with {@link Figures}. */
export const FIGURES_PATH = '/__load-test/figures'

/** What plugins say of themselves, by the title that it has in the table. */
export type Figures = Record<string, number>

/** By the name of a plugin, which is left out where it is not there: how its `api` is read. */
const readers: Record<string, (api: never) => Figures> = {
  '@holdfast/vite-incremental-deps': ({ reports }: IncrementalDepsApi) => ({
    'dependencies added': reports.filter(({ fellBack }) => fellBack === undefined).length,
    'dependencies left to Vite': reports.filter(({ fellBack }) => fellBack !== undefined).length,
  }),
}

export function figures(): Plugin {
  return {
    name: 'load-test-figures',
    configureServer: {
      // Before whatever may hold requests back.
      order: 'pre',
      handler({ config, middlewares }) {
        middlewares.use(FIGURES_PATH, (_request, response) => {
          const all = config.plugins.map(({ name, api }) => api && readers[name]?.(api as never))
          response.end(JSON.stringify(Object.assign({}, ...all)))
        })
      },
    },
  }
}
