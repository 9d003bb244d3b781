import { hmrBridge } from '@holdfast/vite-hmr-bridge'
import type { FindRoutes } from '@holdfast/vite-hmr-bridge'
import { incrementalDeps } from '@holdfast/vite-incremental-deps'
import { requestGate } from '@holdfast/vite-request-gate'
import { statePlugin } from '@holdfast/vite-state-plugin'
import type { Plugin } from 'vite'
import { reports } from './reports.ts'
import { checkOptions } from './options.ts'
import type { HoldfastOptions } from './options.ts'
import { pagePlugin } from './page.ts'
import { startLine } from './start-line.ts'
import { findRoutes, findTopology } from './topology.ts'

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
    startLine(bridge ?? 'found', page !== false),
    ...(page ? [pagePlugin(page)] : []),
    ...(gate ? requestGate(gate) : []),
    ...(state ? statePlugin(state) : []),
    ...(addsDeps ? [incrementalDeps()] : []),
    ...(bridge === false ? [] : [hmrBridge(bridge ?? findBridge)]),
    reports({ reports: options.reports ?? true, include: options.include ?? 'remember' }),
  ]
}

/** Asked each time that something may have to be forwarded, as more is known by then. */
const findBridge: FindRoutes = (environments) => findRoutes(findTopology(environments))
