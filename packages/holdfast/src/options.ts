import type { EvaluateOnceOptions } from '@holdfast/vite-evaluate-once'
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
   * Options of `@holdfast/vite-evaluate-once`, or `false` to do without.
   * @default its defaults
   */
  evaluateOnce?: EvaluateOnceOptions | false
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
  evaluateOnce: true,
  bridge: true,
  gate: true,
  page: true,
  reports: true,
  include: true,
}

const pageNames: Record<keyof PageOptions, true> = { values: true, remote: true }

const includes: Record<string, true> = { suggest: true, remember: true, false: true }

/** @throws {Error} on an option that does not exist, and on an `include` that there is not. */
export function checkOptions(options: HoldfastOptions): void {
  refuseUnknown('option', Object.keys(options), names)
  refuseUnknown('option of `page`', Object.keys(options.page || {}), pageNames)
  const { include = 'remember' } = options
  refuseUnknown('`include`', [String(include)], includes)
}

function refuseUnknown(what: string, given: string[], known: Record<string, true>): void {
  const unknown = given.filter((name) => !Object.hasOwn(known, name))
  if (unknown.length === 0) return
  throw new Error(
    `[${PACKAGE_NAME}] there is no ${what} ${unknown.map((name) => `"${name}"`).join(', ')}; ` +
      `there are ${Object.keys(known).join(', ')}`,
  )
}
