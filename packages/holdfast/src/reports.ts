import type { Environment, Plugin } from 'vite'
import { apiOf } from './api-of.ts'
import { PACKAGE_NAME } from './constants.ts'
import { Reporter } from './reporter.ts'
import type { Parts, ReporterOptions } from './reporter.ts'
import { bequeath, sessionOf } from './session.ts'

/** By the environment that is the last to be of use, as hooks know no server. */
const reporters = new WeakMap<Environment, Reporter>()

/**
 * Reports what becomes of dependencies that are found late, and remembers them. Does nothing in a
 * build and in preview.
 *
 * It must come after `incrementalDeps()`, which replaces what this one listens to.
 */
export function reports(options: ReporterOptions): Plugin {
  return {
    name: `${PACKAGE_NAME}:reports`,
    enforce: 'pre',
    apply: 'serve',
    configureServer: {
      // Before plugins that evaluate code already.
      order: 'pre',
      handler(server) {
        const { config, environments } = server
        const parts: Parts = {
          deps: apiOf(config, '@holdfast/vite-incremental-deps'),
          gate: apiOf(config, '@holdfast/vite-request-gate'),
          state: apiOf(config, '@holdfast/vite-state-plugin'),
        }
        const reporter = new Reporter(server, parts, options)
        reporters.set(environments.client, reporter)
        return () => {
          bequeath(sessionOf(config), server.config)
          reporter.inCharge()
        }
      },
    },
    closeBundle() {
      // In a dev server Vite calls this when an environment closes, for each.
      reporters.get(this.environment)?.close()
    },
  }
}
