/**
 * What the packages add to the start of a dev server: the harness with and without them, in pairs.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { appRoot, run } from '../../server.ts'
import { readCount } from '../read-count.ts'
import { printTable } from '../resilience/print-table.ts'
import { median, medianInterval } from '../resilience/statistics.ts'

const PAIRS = readCount(12)
const ALLOWED_RATIO = 1.02

const topologies = ['child', 'bridge'] as const
const modes = ['off', 'on'] as const
const config = path.join(import.meta.dirname, 'vite.config.ts')

interface Start {
  /** Milliseconds until Vite says that it serves. */
  ready: number
  /** Milliseconds until the first page is there. */
  page: number
}

interface Setup {
  topology: (typeof topologies)[number]
  mode: (typeof modes)[number]
  /** Whether there is something in Vite's cache. */
  isWarm: boolean
}

async function start({ topology, mode, isWarm }: Setup): Promise<Start> {
  const cacheDir = path.join(appRoot, `node_modules/.vite-startup-${topology}-${mode}`)
  if (!isWarm) await rm(cacheDir, { recursive: true, force: true })
  const env = { TOPOLOGY: topology, HOLDFAST: mode, STARTUP_CACHE: cacheDir }
  const begin = performance.now()
  await using server = run('vite', ['--config', config, '--configLoader', 'native'], env)
  const url = await server.url()
  const ready = performance.now() - begin
  const response = await fetch(url)
  const text = await response.text()
  const page = performance.now() - begin
  if (!response.ok) throw new Error(text)
  return { ready, page }
}

const kinds = topologies.flatMap((topology) =>
  [true, false].map((isWarm) => ({ topology, isWarm, pairs: [] as Record<'off' | 'on', Start>[] })),
)
for (let count = 0; count < PAIRS; count++) {
  for (const { topology, isWarm, pairs } of kinds) {
    // Neither is always the second.
    const order = count % 2 ? modes.toReversed() : modes
    const pair: Partial<Record<(typeof modes)[number], Start>> = {}
    // What makes the cache warm is not measured.
    if (isWarm && count === 0) for (const mode of order) await start({ topology, mode, isWarm })
    for (const mode of order) pair[mode] = await start({ topology, mode, isWarm })
    pairs.push(pair as (typeof pairs)[number])
  }
}

type Pairs = (typeof kinds)[number]['pairs']
type Moment = keyof Start

const ratiosOf = (pairs: Pairs, moment: Moment): number[] =>
  pairs.map(({ off, on }) => on[moment] / off[moment])

const ratioOf = (pairs: Pairs, moment: Moment): number => median(ratiosOf(pairs, moment))!

function row(topology: string, cache: string, pairs: Pairs, moment: Moment) {
  return {
    topology,
    cache,
    until: moment === 'ready' ? 'ready' : 'first page',
    pairs: pairs.length,
    'plain Vite, ms': Math.round(median(pairs.map(({ off }) => off[moment]))!),
    'everything, ms': Math.round(median(pairs.map(({ on }) => on[moment]))!),
    'median ratio': ratioOf(pairs, moment).toFixed(3),
    // A pair may be ten percent off, as the machine is never the same twice.
    '19 of 20 times in': medianInterval(ratiosOf(pairs, moment))!
      .map((bound) => bound.toFixed(3))
      .join('–'),
  }
}

const moments = ['ready', 'page'] as const
const all = kinds.flatMap(({ pairs }) => pairs)
printTable(`Start (at most ${ALLOWED_RATIO})`, [
  ...kinds.flatMap(({ topology, isWarm, pairs }) =>
    moments.map((moment) => row(topology, isWarm ? 'warm' : 'cold', pairs, moment)),
  ),
  ...moments.map((moment) => row('all', 'all', all, moment)),
])
const ratios = kinds.flatMap(({ pairs }) => moments.map((moment) => ratioOf(pairs, moment)))
if (ratios.some((ratio) => ratio > ALLOWED_RATIO)) process.exitCode = 1
