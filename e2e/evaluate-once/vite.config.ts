import type { Plugin } from 'vite'
// By its path, so that it is a part of this one, and evaluated anew when the server is restarted.
import config from '../../apps/request-info/vite.config.ts'
import { RELOAD_PATH } from './constants.ts'

/** Lets a test reload an environment, as Vite does for a module that nothing accepts. */
const reloads: Plugin = {
  name: 'evaluate-once-reloads',
  configureServer({ environments, middlewares }) {
    middlewares.use(RELOAD_PATH, (request, response) => {
      const names = new URL(request.url!, 'http://localhost').searchParams.getAll('of')
      for (const name of names) environments[name].hot.send({ type: 'full-reload', path: '*' })
      response.end()
    })
  },
}

/** The harness as it is, and what tests of reloads need. */
export default { ...config, plugins: [config.plugins, reloads] }
