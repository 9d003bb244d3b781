import { performance } from 'node:perf_hooks'
import { importDist } from '../src/test-helper.ts'

const { getRwState, setRwState } = await importDist('bench')

const LIMIT = 2
const ROUNDS = 501
const LOOPS = 1000

// As many keys as a framework with a few plugins has, and a different one each time: a constant key
// would be hoisted out of the loop.
const keys = Array.from({ length: 16 }, (_, index) => `framework:state-${index}`)
const map = new Map<string, unknown>()
for (const key of keys) {
  map.set(key, key)
  setRwState(key, key)
}

// Read in the end, so that no lookup can be optimized away.
let found: unknown

// Two functions rather than one with a parameter: a shared call site could not be inlined.
function bare(): number {
  const start = performance.now()
  for (let loop = 0; loop < LOOPS; loop++) for (const key of keys) found = map.get(key)
  return performance.now() - start
}

function ours(): number {
  const start = performance.now()
  for (let loop = 0; loop < LOOPS; loop++) for (const key of keys) found = getRwState(key)
  return performance.now() - start
}

function median(times: number[]): number {
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1]
  return ((middle ?? NaN) * 1e6) / LOOPS / keys.length
}

// In turn, so that whatever else the machine does falls on both alike.
const bareTimes: number[] = []
const ourTimes: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  bareTimes.push(bare())
  ourTimes.push(ours())
}
if (found !== keys.at(-1)) throw new Error('The lookups found nothing')

const ratio = median(ourTimes) / median(bareTimes)
console.log(`Map.get     ${median(bareTimes).toFixed(2)} ns`)
console.log(`getRwState  ${median(ourTimes).toFixed(2)} ns, ${ratio.toFixed(2)} times as much`)
if (!(ratio <= LIMIT)) throw new Error(`The limit is ${LIMIT} times`)
