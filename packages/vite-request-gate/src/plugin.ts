import { handshakeClient } from '@holdfast/vite-hmr-bridge'
import type { Environment, InlineConfig, Plugin, ServerOptions } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { Gate } from './gate.ts'
import { checkOptions, findEnvironments, withDefaults } from './options.ts'
import type { RequestGateOptions } from './options.ts'
import { Reporter } from './report.ts'
import type { Report, RequestGateApi } from './report.ts'
import { findSurprise } from './vite-internals.ts'

/** By environment, as hooks know no server. */
const gates = new WeakMap<Environment, Gate>()
/** A restart makes a new config of the same inline config, while the old server still runs. */
const latest = new WeakMap<InlineConfig, Gate>()

/**
 * Holds requests to the application while an environment whose code does not run in the browser is
 * about to change, and finds the dependencies that a change brings before anyone loads them. Does
 * nothing in a build and in preview.
 *
 * @throws {Error} when called: an option that does not exist, or a list that is none. When the
 * server starts: an environment that does not exist.
 */
export function requestGate(options: RequestGateOptions = {}): Plugin[] {
  checkOptions(options)
  const listeners = new Set<(report: Report) => void>()
  let current: Gate | undefined

  const api: RequestGateApi = {
    settled: async () => current?.settlement.settled(),
    get stats() {
      return (current?.reporter ?? new Reporter(listeners, () => {})).stats
    },
    onReport(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  const gate: Plugin<RequestGateApi> = {
    name: PACKAGE_NAME,
    enforce: 'pre',
    apply: 'serve',
    api,
    configureServer: {
      // Before the Cloudflare plugin's, which evaluates the worker and may add a middleware.
      order: 'pre',
      handler(server) {
        const { config, environments } = server
        const watched = findEnvironments(environments, options.environments)
        for (const environment of watched) {
          const surprise = findSurprise(environment)
          if (!surprise) continue
          config.logger.warnOnce(
            `[${PACKAGE_NAME}] this Vite is not as expected (${surprise} in ` +
              `"${environment.name}"), so requests are not held`,
          )
          return undefined
        }
        const reporter = new Reporter(listeners, (error) => {
          config.logger.error(`[${PACKAGE_NAME}] a listener failed: ${String(error)}`)
        })
        const created = new Gate(server, watched, withDefaults(options), reporter)
        for (const environment of Object.values(environments)) gates.set(environment, created)
        server.middlewares.use(created.front)
        return () => {
          server.middlewares.use(created.behindVite)
          // Only now, as a restart that fails in another plugin leaves the old server in charge.
          current = created
          // As it is by now: the Cloudflare plugin makes a copy, which later servers are made of.
          const { inlineConfig } = server.config
          latest.get(inlineConfig)?.dismiss()
          latest.set(inlineConfig, created)
        }
      },
    },
    async watchChange(file) {
      // Awaited before anything is invalidated, and by default called for the browser's alone.
      if (this.environment.name !== 'client') return
      await gates.get(this.environment)?.changes.announce(file)
    },
    hotUpdate: {
      order: 'pre',
      async handler(change) {
        // The first of all (`handleHMRUpdate` in `server/hmr.ts`, the same in Vite 6 to 8), and
        // before any message is sent.
        if (this.environment.name !== 'client') return
        await gates.get(this.environment)?.changes.prepare(change)
      },
    },
    closeBundle() {
      // In a dev server Vite calls this when an environment closes, for each.
      gates.get(this.environment)?.close(this.environment)
    },
  }

  return [handshakeClient(), gate, lastResort]
}

const lastResort: Plugin = {
  name: `${PACKAGE_NAME}:last-resort`,
  enforce: 'post',
  apply: 'serve',
  configResolved: {
    // Whichever plugin has set it, and none after this one.
    order: 'post',
    handler({ server }) {
      server.hotUpdateEnvironments = thenDelivered(server.hotUpdateEnvironments)
    },
  },
  hotUpdate: {
    order: 'post',
    handler(change) {
      const { superseded } = gates.get(this.environment)?.changes ?? {}
      return superseded?.has(change, this.environment) ? [] : undefined
    },
  },
  configureServer: {
    order: 'post',
    handler: ({ config, environments, middlewares }) => {
      const gate = gates.get(environments.client)
      return () => {
        if (!gate) return
        if (config.server.middlewareMode) middlewares.use(gate.onLeave)
        middlewares.use(gate.onError)
      }
    },
  },
}

type HotUpdateEnvironments = NonNullable<ServerOptions['hotUpdateEnvironments']>

/** The only one that is called when Vite's messages go out. */
function thenDelivered(
  deliver: HotUpdateEnvironments = async ({ environments }, hmr) => {
    await Promise.all(Object.values(environments).map((environment) => hmr(environment)))
  },
): HotUpdateEnvironments {
  return async (server, hmr) => {
    try {
      await deliver(server, hmr)
    } finally {
      gates.get(server.environments.client)?.changes.delivered()
    }
  }
}
