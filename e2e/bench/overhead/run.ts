/**
 * What the packages cost while nothing is edited: two servers at a time, with and without them, are
 * asked in turn.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { readCount } from '../read-count.ts'
import { Application } from '../resilience/application.ts'
import { Counter } from '../resilience/counter.ts'
import { DevServer } from '../resilience/dev-server.ts'
import type { Setup } from '../resilience/dev-server.ts'
import { onHarness } from '../resilience/on-harness.ts'
import { printTable } from '../resilience/print-table.ts'
import { median } from '../resilience/statistics.ts'

/** Each has a pair in either order. */
const ROUNDS = readCount(6)
const MOST_LATENCY = 1.02
const LEAST_THROUGHPUT = 0.98

const BURSTS = 30
const REQUESTS = 16
const CONCURRENCY = 2
/** Bursts that are not measured, of each server: its code is not compiled yet. */
const WARM_UP = 5
/** Milliseconds that both servers are left alone after that. */
const SETTLE = 2000

/** Medians, as multiples of plain Vite's. */
interface Overhead {
  latency: number
  throughput: number
}

/** @param plainFirst - which of the servers is started first: the later one is some percent faster. */
async function measure(setup: Setup, plainFirst: boolean): Promise<Overhead> {
  await using counter = await Counter.start()
  const plainSetup: Setup = { ...setup, holdfast: 'off' }
  await using first = await DevServer.start(plainFirst ? plainSetup : setup, 'first')
  await using second = await DevServer.start(plainFirst ? setup : plainSetup, 'second')
  const sides = (plainFirst ? [first, second] : [second, first]).map(({ url }) => ({
    application: new Application(url, counter.url),
    latencies: [] as number[],
    durations: [] as number[],
  }))
  for (const { application } of sides) {
    await application.firstPage()
    for (let round = 0; round < WARM_UP; round++) await burst(application)
  }
  await sleep(SETTLE)
  for (let round = 0; round < BURSTS; round++) {
    for (const { application, latencies, durations } of round % 2 ? sides.toReversed() : sides) {
      const begin = performance.now()
      latencies.push(...(await burst(application)))
      durations.push(performance.now() - begin)
    }
  }
  const [plain, own] = sides.map(({ latencies, durations }) => ({
    latency: median(latencies)!,
    duration: median(durations)!,
  }))
  return {
    latency: own!.latency / plain!.latency,
    throughput: plain!.duration / own!.duration,
  }
}

/** Milliseconds of each request. */
async function burst(application: Application): Promise<number[]> {
  const latencies: number[] = []
  const client = async (): Promise<void> => {
    while (latencies.length < REQUESTS) {
      const start = performance.now()
      // A third are calls of an action, as under steady load.
      const isAction = latencies.length % 3 === 2
      const { fault, body } = await (isAction ? application.callAction() : application.getPage())
      if (fault !== undefined) throw new Error(`Without edits, a request failed: ${fault}\n${body}`)
      latencies.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, client))
  return latencies
}

const setups = (['child', 'bridge'] as const).flatMap((topology) =>
  (['no-incremental', 'on'] as const).map((holdfast): Setup => ({ topology, holdfast })),
)
const overheads = setups.map((): Overhead[] => [])
try {
  for (let round = 0; round < ROUNDS; round++) {
    // In turn, so that a machine that slows down slows all of them.
    for (const [index, setup] of setups.entries()) {
      for (const plainFirst of [true, false]) {
        overheads[index]!.push(await onHarness(() => measure(setup, plainFirst)))
      }
    }
  }
} finally {
  // What took an hour is not to be lost in the last minute.
  report()
}

function report(): void {
  const rows = setups.map(({ topology, holdfast }, index) => {
    const pairs = overheads[index]!
    const latency = median(pairs.map((pair) => pair.latency))
    const throughput = median(pairs.map((pair) => pair.throughput))
    if (latency! > MOST_LATENCY || throughput! < LEAST_THROUGHPUT) process.exitCode = 1
    return {
      topology,
      holdfast,
      pairs: pairs.length,
      latency: latency?.toFixed(3),
      throughput: throughput?.toFixed(3),
    }
  })
  printTable(
    `Without edits, of plain Vite (latency at most ${MOST_LATENCY}, throughput at least ${LEAST_THROUGHPUT})`,
    rows,
  )
}
