import type { HmrBridgeOptions } from '@holdfast/vite-hmr-bridge'
import type { RequestGateOptions } from '@holdfast/vite-request-gate'
import type { StatePluginOptions } from '@holdfast/vite-state-plugin'
import { PACKAGE_NAME } from './constants.ts'
import type { PageOptions } from './page-server.ts'

export interface HoldfastOptions {
  /**
   * Options of `@holdfast/vite-state-plugin`, or `false` to do without.
   * @default its defaults
   */
  state?: StatePluginOptions | false
  /**
   * Whether new dependencies are added without a reload, by `@holdfast/vite-incremental-deps`.
   * @default true
   */
  incrementalDeps?: boolean
  /**
   * Options of `@holdfast/vite-hmr-bridge`, or `false` to do without.
   * @default from every server environment without a runner to every environment in workerd
   */
  bridge?: HmrBridgeOptions | false
  /**
   * Options of `@holdfast/vite-request-gate`, or `false` to do without.
   * @default its defaults
   */
  gate?: RequestGateOptions | false
  /**
   * Whether the terminal tells what becomes of dependencies that are found late.
   * @default true
   */
  reports?: boolean
  /**
   * What to do about them: `'suggest'` what to include in the config when the server is closed,
   * `'remember'` them for the next start from scratch, in Vite's `cacheDir`, as well, or neither.
   * @default 'remember'
   */
  include?: 'suggest' | 'remember' | false
  /**
   * Options of the page at `/__holdfast/`, or `false` to do without.
   * @default its defaults
   */
  page?: PageOptions | false
}

/** All that there are. */
const names: Record<keyof HoldfastOptions, true> = {
  state: true,
  incrementalDeps: true,
  bridge: true,
  gate: true,
  page: true,
  reports: true,
  include: true,
}

/** @throws {Error} on an option that does not exist. */
export function checkOptions(options: HoldfastOptions): void {
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(names, name))
  if (unknown.length === 0) return
  throw new Error(
    `[${PACKAGE_NAME}] there is no option ${unknown.map((name) => `"${name}"`).join(', ')}; ` +
      `there are ${Object.keys(names).join(', ')}`,
  )
}
