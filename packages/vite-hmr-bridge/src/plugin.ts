import type { DevEnvironment, Plugin, ResolvedConfig } from 'vite'
import { Bridge } from './bridge.ts'
import { clientHooks } from './client-plugin.ts'
import { APPLIED_TIMEOUT, PACKAGE_NAME } from './constants.ts'
import { observeRunner } from './observe-runner.ts'
import { findEnvironment, findRoutes } from './options.ts'
import type { FindRoutes, HmrBridgeApi, HmrBridgeOptions, Route } from './options.ts'

const notStarted: HmrBridgeApi['applied'] = async () => false

/** A restart makes a new config, while the plugin may be the same object and the old server runs. */
const bridges = new WeakMap<ResolvedConfig, Bridge>()

/**
 * Forwards the full reloads of the environments `from` to the runners of the environments `to`,
 * which hold modules of theirs. Does nothing in a build, in preview, and where HMR is disabled.
 *
 * A function is asked when the server starts and again whenever an environment is sent a reload or an
 * update, for those who learn only by and by who holds whose modules ({@link observeRunner}).
 *
 * @throws {Error} when the server starts: no environment given, one that does not exist, or that is
 * both source and target.
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
        const servers = Object.values(environments).filter(isServer)
        for (const environment of servers) observeRunner(environment)
        let bridge = bridges.get(config)
        if (config.server.hmr === false) {
          const warn = (): void =>
            config.logger.warnOnce(
              `[${PACKAGE_NAME}] \`server.hmr\` is false, so nothing is forwarded; ` +
                'restart the server to see changes',
            )
          if (typeof options === 'function') whenFetched(servers, warn)
          else warn()
        } else {
          const find = (): Route[] => routesOf(environments, options)
          // Mistakes are told now, also those of a function.
          const routes = find()
          if (!bridge) bridges.set(config, (bridge = new Bridge()))
          if (typeof options === 'function') bridge.addFinder(find, Object.values(environments))
          else for (const route of routes) bridge.add(route)
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
      if (environment.mode !== 'dev') return
      bridges.get(environment.getTopLevelConfig())?.close(environment)
      if (isServer(environment)) observeRunner(environment).close()
    },
  }
}

const isServer = ({ config }: DevEnvironment): boolean => config.consumer === 'server'

function routesOf(
  environments: Record<string, DevEnvironment>,
  options: HmrBridgeOptions | FindRoutes,
): Route[] {
  if (typeof options !== 'function') return findRoutes(environments, options)
  const chosen = options(environments)
  return chosen === false ? [] : [chosen].flat().flatMap((one) => findRoutes(environments, one))
}

/** Calls `action` once an environment of these holds modules of another. */
function whenFetched(environments: DevEnvironment[], action: () => void): void {
  for (const environment of environments) {
    const { fetchedBy, subscribe } = observeRunner(environment)
    subscribe(() => {
      if (fetchedBy.size > 0) action()
    })
  }
}
