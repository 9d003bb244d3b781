import { observeRunner } from '@holdfast/vite-hmr-bridge'
import type { HmrBridgeOptions } from '@holdfast/vite-hmr-bridge'
import type { DevEnvironment } from 'vite'

type Environments = Record<string, DevEnvironment>

/** Where the modules of a server environment are evaluated, by what has happened so far. */
export interface Place {
  name: string
  /** Whether its own code runs in workerd. */
  isWorker: boolean
  /** Whether a runner of its own has asked for modules. */
  hasRunner: boolean
  /** The environments whose runners hold modules of it, as their plugins have fetched them. */
  heldBy: string[]
}

export type Topology = Place[]

/** Looks at what the environments do, as frameworks name and make them as they like; workers first. */
export function findTopology(environments: Environments): Topology {
  return Object.values(environments)
    .filter(({ config }) => config.consumer === 'server')
    .map((environment) => {
      const { fetchedBy, hasRunner } = observeRunner(environment)
      return {
        name: environment.name,
        isWorker: runsInWorkerd(environment),
        hasRunner,
        heldBy: [...fetchedBy].map(({ name }) => name),
      }
    })
    .toSorted((a, b) => Number(b.isWorker) - Number(a.isWorker))
}

/**
 * The Cloudflare plugin makes its environments of a class of its own, which it does not export
 * (`cloudflare-environment.ts`; the same name from 1.0 to 1.64).
 */
function runsInWorkerd(environment: DevEnvironment): boolean {
  return environment.constructor.name === 'CloudflareDevEnvironment'
}

/**
 * The routes that reloads are to take. Those of an environment that nobody is known to evaluate go to
 * every worker: a reload too many does no harm, and with one too few a worker answers with old code.
 */
export function findRoutes(topology: Topology): HmrBridgeOptions[] {
  return topology
    .map((place) => ({ from: place.name, to: targetsOf(place, topology) }))
    .filter(({ to }) => to.length > 0)
}

function targetsOf(place: Place, topology: Topology): string[] {
  return isUnknown(place) ? workersOf(topology) : place.heldBy
}

const isUnknown = ({ hasRunner, heldBy, isWorker }: Place): boolean =>
  !isWorker && !hasRunner && heldBy.length === 0

const workersOf = (topology: Topology): string[] =>
  topology.filter(({ isWorker }) => isWorker).map(({ name }) => name)

/** Whether reloads are forwarded by routes that are found, by the user's, or not at all. */
export type Forwarding = 'found' | HmrBridgeOptions | false

/** One line of what is known. */
export function describeTopology(topology: Topology, forwarding: Forwarding): string {
  return (
    topology.map((place) => describePlace(place, topology, forwarding)).join(', ') ||
    'no server environment'
  )
}

function describePlace(place: Place, topology: Topology, forwarding: Forwarding): string {
  const { name } = place
  const notes = [place.isWorker && 'workerd', describeHolders(place, topology, forwarding)]
  const said = notes.filter(Boolean).join(', ')
  return said ? `${name} (${said})` : name
}

function describeHolders(
  place: Place,
  topology: Topology,
  forwarding: Forwarding,
): string | undefined {
  const { heldBy, name } = place
  if (typeof forwarding === 'object') {
    return [forwarding.from].flat().includes(name) ? 'bridged as configured' : undefined
  }
  if (heldBy.length > 0) {
    return `${forwarding === false ? 'held by' : 'bridged into'} ${list(heldBy)}`
  }
  const workers = workersOf(topology)
  return forwarding === false || workers.length === 0 || !isUnknown(place)
    ? undefined
    : `no runner yet: forwarded to ${list(workers)}`
}

/** What is to be said of an environment of which more is known by now than was said, if anything. */
export function describeChange(before: Place, topology: Topology): string | undefined {
  const now = topology.find(({ name }) => name === before.name)!
  if (before.heldBy.length === 0 && now.heldBy.length > 0) {
    return `${now.name} is bridged into ${list(now.heldBy)}`
  }
  return isUnknown(before) && now.hasRunner && workersOf(topology).length > 0
    ? `${now.name} has a runner of its own: its reloads are not forwarded any more`
    : undefined
}

const list = (names: string[]): string => names.join(' and ')
