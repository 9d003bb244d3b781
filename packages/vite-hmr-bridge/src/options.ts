import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

export interface HmrBridgeOptions {
  /** The environments whose reloads are forwarded, by name. */
  from: string | string[]
  /** The environments whose runners hold modules of those, by name. */
  to: string | string[]
}

/** Chooses among a server's environments; `false` or an empty list if nothing is to be bridged now. */
export type FindRoutes = (
  environments: Record<string, DevEnvironment>,
) => HmrBridgeOptions | HmrBridgeOptions[] | false

export interface AppliedOptions {
  /**
   * How long to wait for the runner's answer, in ms; `Infinity` is about 25 days.
   * @default 5000
   */
  timeout?: number
}

/** What other plugins find as `api` of the plugin named `@holdfast/vite-hmr-bridge`. */
export interface HmrBridgeApi {
  /**
   * Resolves with `true` once the environment's runner is done with every reload and update that
   * was sent before, also when importing its modules again failed; and with `false` when it did not
   * answer in time, when a reload is held back (see the README on storms), when HMR is disabled and
   * when the environment is closed.
   *
   * Only a runner that has evaluated `virtual:vite-hmr-bridge/client` answers.
   *
   * @throws {Error} (a rejection) if there is no environment of this name.
   */
  applied: (environment: string, options?: AppliedOptions) => Promise<boolean>
}

type Environments = Record<string, DevEnvironment>

export interface Route {
  source: DevEnvironment
  target: DevEnvironment
}

/**
 * Every pair of a source and a target.
 *
 * @throws {Error} on options that name none, and on an environment that does not exist or is both
 * source and target.
 */
export function findRoutes(environments: Environments, options?: HmrBridgeOptions): Route[] {
  const [from, to] = (['from', 'to'] as const).map((key) => {
    const names = new Set([options?.[key] ?? []].flat())
    if (names.size > 0) return names
    throw new Error(
      `[${PACKAGE_NAME}] \`${key}\` names no environment; ` +
        `this server has ${quote(Object.keys(environments))}; ` +
        "write, for example, `hmrBridge({ from: 'ssr', to: 'worker' })`",
    )
  })
  const both = [...from!].filter((name) => to!.has(name))
  if (both.length > 0) {
    throw new Error(
      `[${PACKAGE_NAME}] ${quote(both)} cannot be both \`from\` and \`to\`; ` +
        `this server has ${quote(Object.keys(environments))}; ` +
        'use one `hmrBridge()` for each direction',
    )
  }
  const sources = [...from!].map((name) => findEnvironment(environments, name, 'from'))
  const targets = [...to!].map((name) => findEnvironment(environments, name, 'to'))
  return sources.flatMap((source) => targets.map((target) => ({ source, target })))
}

/** @throws {Error} if there is none of this name. */
export function findEnvironment(
  environments: Environments,
  name: string,
  where: string,
): DevEnvironment {
  if (Object.hasOwn(environments, name)) return environments[name]!
  throw new Error(
    `[${PACKAGE_NAME}] no environment is named ${quote([name])}; ` +
      `this server has ${quote(Object.keys(environments))}; correct \`${where}\``,
  )
}

function quote(names: string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}
