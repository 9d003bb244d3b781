import { hasHotChannel } from '@holdfast/vite-hmr-bridge'
import type { DevEnvironment } from 'vite'

/** Where the server environments of a dev server run; each is in one list, by name. */
export interface Topology {
  /** In workerd. */
  workers: string[]
  /** Without a runner of their own: their modules are evaluated by another environment's. */
  bridged: string[]
  /** In the process of the dev server, or wherever else their runner is. */
  others: string[]
}

/** Looks at what the environments are, as frameworks name them as they like. */
export function findTopology(environments: Record<string, DevEnvironment>): Topology {
  const topology: Topology = { workers: [], bridged: [], others: [] }
  for (const environment of Object.values(environments)) {
    const { config, name } = environment
    if (config.consumer !== 'server') continue
    if (runsInWorkerd(environment)) topology.workers.push(name)
    else if (hasHotChannel(environment)) topology.others.push(name)
    else topology.bridged.push(name)
  }
  return topology
}

/**
 * The Cloudflare plugin makes its environments of a class of its own, which it does not export
 * (`cloudflare-environment.ts`; the same name from 1.0 to 1.64).
 */
function runsInWorkerd(environment: DevEnvironment): boolean {
  return environment.constructor.name === 'CloudflareDevEnvironment'
}

/**
 * One line of what was found.
 *
 * @param bridge whether reloads of what has no runner are forwarded: as was found, by routes of the
 * user's, or not at all.
 */
export function describeTopology(
  { workers, bridged, others }: Topology,
  bridge: 'found' | 'configured' | false,
): string {
  const isFound = bridge === 'found' && workers.length > 0
  const how = isFound
    ? `bridged into ${workers.join(', ')}`
    : bridge === 'configured'
      ? 'bridged as configured'
      : 'no runner'
  const parts = [
    ...workers.map((name) => `${name} (workerd)`),
    ...bridged.map((name) => `${name} (${how})`),
    ...others,
  ]
  return parts.join(', ') || 'no server environment'
}
