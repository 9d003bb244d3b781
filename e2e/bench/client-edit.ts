/**
 * How long it takes from saving an ordinary edit of a client component, without any new dependency,
 * to the first server-rendered page that shows it: the bridge topology against the child topology.
 */
import { sources } from '@holdfast/app-request-info/sources'
import { run } from '../server.ts'

const ROUNDS = 3
const EDITS = 10
/** Milliseconds; a request that a reload overtakes may never be answered. */
const REQUEST_TIMEOUT = 3000
/** Milliseconds for a page to become correct, far more than it should ever take. */
const DEADLINE = 30_000
const ALLOWED_RATIO = 1.5

const file = 'src/components/call-action.tsx'
const label = 'Call server action'

/** Milliseconds from each save to the first correct page. */
async function measure(topology: 'child' | 'bridge'): Promise<number[]> {
  await using server = run('vite', [], { TOPOLOGY: topology })
  const url = await server.url()
  await pageWith(url, label)

  const times: number[] = []
  try {
    // The first edit finds nothing warmed up, which is no different in kind but in noise.
    let current = label
    for (let count = 0; count <= EDITS; count++) {
      const start = performance.now()
      sources.edit(file, current, (current = `${label} ${count}.`))
      await pageWith(url, current)
      if (count > 0) times.push(performance.now() - start)
    }
  } finally {
    sources.undoEdits()
  }
  return times
}

async function pageWith(url: string, text: string): Promise<void> {
  const deadline = performance.now() + DEADLINE
  while (performance.now() < deadline) {
    const page = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT) })
      .then((response) => response.text())
      .catch(String)
    if (page.includes(text)) return
  }
  throw new Error(`No page with "${text}" within ${DEADLINE} ms.`)
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

const times = { child: [] as number[], bridge: [] as number[] }
// In turn, so that a machine that slows down slows both.
for (let round = 0; round < ROUNDS; round++) {
  for (const topology of ['child', 'bridge'] as const) {
    times[topology].push(...(await measure(topology)))
  }
}

const rows = Object.entries(times).map(([topology, values]) => ({
  topology,
  edits: values.length,
  'median ms': Math.round(quantile(values, 0.5)),
  'p95 ms': Math.round(quantile(values, 0.95)),
}))
console.table(rows)
const ratio = quantile(times.bridge, 0.5) / quantile(times.child, 0.5)
console.log(`bridge / child: ${ratio.toFixed(2)} (at most ${ALLOWED_RATIO})`)
if (ratio > ALLOWED_RATIO) process.exitCode = 1
