import { randomUUID } from 'node:crypto'
import { hookEnvironment, observeRunner } from '@holdfast/vite-hmr-bridge'
import type { DevEnvironment, Plugin, ResolvedConfig } from 'vite'
import { FAILED_EVENT, PACKAGE_NAME } from './constants.ts'
import type { Failure } from './constants.ts'
import { Keeper } from './keeper.ts'
import type { Fetched } from './keeper.ts'
import { checkOptions } from './options.ts'
import type { EvaluateOnceOptions } from './options.ts'
import { OutputGraph } from './output-graph.ts'
import { Recovery } from './recovery.ts'
import { forget } from './store.ts'

export interface EvaluateOnceApi {
  /** The outputs that runners have fetched since the server started, kept and not. */
  fetched: () => Fetched[]
}

/**
 * Lets the optimized dependencies of server environments outlive a reload, as Node's modules do: a
 * runner evaluates each of them once. Does nothing in builds, in previews, in browsers, and under
 * Vitest, which evaluates modules anew on purpose.
 *
 * @throws {Error} when called: an option that does not exist, or that is not of its type.
 */
export function evaluateOnce(options: EvaluateOnceOptions = {}): Plugin<EvaluateOnceApi> {
  checkOptions(options)
  let keepers: Keeper[] = []

  return {
    name: PACKAGE_NAME,
    apply: 'serve',
    api: { fetched: () => keepers.flatMap(({ fetched }) => fetched) },
    configureServer: {
      // Before plugins that evaluate code already.
      order: 'pre',
      handler({ config, environments }) {
        if (isVitest(config)) return
        const server = randomUUID()
        keepers = keepIn(Object.values(environments).filter(isServer), server, options)
        servers.set(config, server)
      },
    },
    closeBundle() {
      // In a dev server Vite calls this when an environment closes, for each.
      const { environment } = this
      if (environment.mode !== 'dev') return
      const server = servers.get(environment.getTopLevelConfig())
      // Of runners in this process; others end with the server.
      if (server !== undefined) forget(server)
    },
  }
}

/** A restart makes a new config, while the plugin may be the same object and the old server runs. */
const servers = new WeakMap<ResolvedConfig, string>()

const isServer = ({ config }: DevEnvironment): boolean => config.consumer === 'server'

const isVitest = ({ plugins }: ResolvedConfig): boolean =>
  plugins.some(({ name }) => /^vitest(?::|$)/.test(name))

function keepIn(
  environments: DevEnvironment[],
  server: string,
  { exclude = [] }: EvaluateOnceOptions,
): Keeper[] {
  const excluded = new Set(exclude)
  const graphs = new Map(environments.map((one) => [one, new OutputGraph(one, excluded)]))
  const recovery = new Recovery(excluded, () => {
    for (const graph of graphs.values()) graph.reconsider()
  })
  return environments.map((environment) => {
    const keeper = new Keeper(environment, server, graphs)
    wrapFetch(keeper)
    environment.hot.on(FAILED_EVENT, (failure: Failure) => void recovery.failed(keeper, failure))
    return keeper
  })
}

/** Changes what the environment's runner is given, and nothing that plugins fetch. */
function wrapFetch(keeper: Keeper): void {
  const { environment } = keeper
  observeRunner(environment)
  const fetchModule = environment.fetchModule.bind(environment)
  environment.fetchModule = async (id, importer, options) => {
    const isOfPlugin = hookEnvironment() !== undefined
    const fetched = await fetchModule(id, importer, options)
    if (isOfPlugin || !('code' in fetched)) return fetched
    return keeper.give(fetched, options?.startOffset)
  }
}
