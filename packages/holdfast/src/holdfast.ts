import { hmrBridge } from '@holdfast/vite-hmr-bridge'
import type { FindRoutes } from '@holdfast/vite-hmr-bridge'
import { incrementalDeps } from '@holdfast/vite-incremental-deps'
import { requestGate } from '@holdfast/vite-request-gate'
import { statePlugin } from '@holdfast/vite-state-plugin'
import type { Plugin } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { reports } from './reports.ts'
import { checkOptions } from './options.ts'
import type { HoldfastOptions } from './options.ts'
import { pagePlugin } from './page.ts'
import { describeTopology, findTopology } from './topology.ts'

/**
 * Makes a dev server with server environments live through newly discovered dependencies. Only the
 * state plugin does anything in a build.
 *
 * @throws {Error} when called: an option that does not exist. When the config is resolved: a second
 * `holdfast()`. See the single packages for theirs.
 */
export function holdfast(options: HoldfastOptions = {}): Plugin[] {
  checkOptions(options)
  const { state = {}, incrementalDeps: addsDeps = true, bridge, gate = {}, page = {} } = options
  return [
    startLine(bridge && 'configured'),
    ...(page ? [pagePlugin(page)] : []),
    ...(gate ? requestGate(gate) : []),
    ...(state ? statePlugin(state) : []),
    ...(addsDeps ? [incrementalDeps()] : []),
    ...(bridge === false ? [] : [hmrBridge(bridge ?? findBridge)]),
    ...reports({ reports: options.reports ?? true, include: options.include ?? 'remember' }),
  ]
}

const findBridge: FindRoutes = (environments) => {
  const { workers, bridged } = findTopology(environments)
  return workers.length > 0 && bridged.length > 0 && { from: bridged, to: workers }
}

const startLine = (bridge: 'found' | 'configured' | false = 'found'): Plugin => ({
  name: PACKAGE_NAME,
  configResolved: {
    // Before the parts, which know nothing of each other and so have other advice.
    order: 'pre',
    handler({ plugins }) {
      if (plugins.filter(({ name }) => name === PACKAGE_NAME).length < 2) return
      throw new Error(
        `[${PACKAGE_NAME}] \`holdfast()\` is there twice; remove one, or have the framework that adds one do without`,
      )
    },
  },
  configureServer({ config, environments }) {
    const found = describeTopology(findTopology(environments), bridge)
    config.logger.info(`[${PACKAGE_NAME}] ${found}`)
  },
})
