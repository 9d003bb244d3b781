import { setTimeout as sleep } from 'node:timers/promises'
import { Application } from './application.ts'
import { Counter } from './counter.ts'
import { DevServer } from './dev-server.ts'
import type { Setup } from './dev-server.ts'
import { median } from './statistics.ts'

const BURSTS = 40
const REQUESTS = 16
const CONCURRENCY = 2
/** Milliseconds that both servers are left alone after their first page. */
const SETTLE = 2000

export interface Overhead extends Setup {
  /** Medians, as multiples of plain Vite's. */
  latency: number
  throughput: number
}

/**
 * What the packages cost while nothing is edited: two servers at a time, with and without them, are
 * asked in turn, because a machine is never as quiet for one run as it was for the one before.
 */
export async function measureOverhead(setup: Setup): Promise<Overhead> {
  await using counter = await Counter.start()
  await using plain = await DevServer.start({ ...setup, holdfast: 'off' }, 'plain')
  await using own = await DevServer.start(setup)
  const sides = [plain, own].map(({ url }) => ({
    application: new Application(url, counter.url),
    latencies: [] as number[],
    durations: [] as number[],
  }))
  for (const { application } of sides) {
    await application.firstPage()
    await burst(application)
  }
  await sleep(SETTLE)
  for (let round = 0; round < BURSTS; round++) {
    for (const { application, latencies, durations } of round % 2 ? sides.toReversed() : sides) {
      const start = performance.now()
      latencies.push(...(await burst(application)))
      durations.push(performance.now() - start)
    }
  }
  const [base, measured] = sides.map(({ latencies, durations }) => ({
    latency: median(latencies)!,
    throughput: 1 / median(durations)!,
  }))
  return {
    ...setup,
    latency: measured!.latency / base!.latency,
    throughput: measured!.throughput / base!.throughput,
  }
}

/** Milliseconds of each request. */
async function burst(application: Application): Promise<number[]> {
  const latencies: number[] = []
  const client = async (): Promise<void> => {
    while (latencies.length < REQUESTS) {
      const start = performance.now()
      // A third are calls of an action, as under steady load.
      await (latencies.length % 3 === 2 ? application.callAction() : application.getPage())
      latencies.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, client))
  return latencies
}
