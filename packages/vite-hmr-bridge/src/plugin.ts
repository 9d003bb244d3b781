import type { Plugin, ResolvedConfig } from 'vite'
import { Bridge } from './bridge.ts'
import { clientHooks } from './client-plugin.ts'
import { APPLIED_TIMEOUT, PACKAGE_NAME } from './constants.ts'
import { findEnvironment, findRoutes } from './options.ts'
import type { FindRoutes, HmrBridgeApi, HmrBridgeOptions } from './options.ts'

const notStarted: HmrBridgeApi['applied'] = async () => false

/** A restart makes a new config, while the plugin may be the same object and the old server runs. */
const bridges = new WeakMap<ResolvedConfig, Bridge>()

/**
 * Forwards the full reloads of the environments `from` to the runners of the environments `to`,
 * which hold modules of theirs. Does nothing in a build, in preview, and where HMR is disabled. A
 * function is asked when the server starts, for those who know their environments only then.
 *
 * @throws {Error} when the server starts: no environment given, one that does not exist, that is
 * both source and target, or that is a target without a hot channel.
 */
export function hmrBridge(options: HmrBridgeOptions | FindRoutes): Plugin<HmrBridgeApi> {
  let applied = notStarted

  return {
    name: PACKAGE_NAME,
    enforce: 'pre',
    api: { applied: (environment, waiting) => applied(environment, waiting) },
    configureServer: {
      // Before the Cloudflare plugin's, which evaluates the worker.
      order: 'pre',
      handler({ config, environments }) {
        let bridge = bridges.get(config)
        if (config.server.hmr === false) {
          config.logger.warnOnce(
            `[${PACKAGE_NAME}] \`server.hmr\` is false, so nothing is forwarded; ` +
              'restart the server to see changes',
          )
        } else {
          const chosen = typeof options === 'function' ? options(environments) : options
          // A function may find that this server has nothing to bridge.
          const routes = chosen === false ? [] : findRoutes(environments, chosen)
          if (!bridge) bridges.set(config, (bridge = new Bridge()))
          for (const route of routes) bridge.add(route)
        }
        return () => {
          // Only now, as a restart that fails in another plugin leaves the old server in charge.
          applied = async (name, { timeout = APPLIED_TIMEOUT } = {}) => {
            const environment = findEnvironment(environments, name, 'the name')
            return bridge ? bridge.applied(environment, timeout) : false
          }
        }
      },
    },
    ...clientHooks,
    closeBundle() {
      // In a dev server Vite calls this when an environment closes, for each.
      const { environment } = this
      if (environment.mode === 'dev') {
        bridges.get(environment.getTopLevelConfig())?.close(environment)
      }
    },
  }
}
