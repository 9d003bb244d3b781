/**
 * What users of the harness notice while dependencies are added to it, with and without the packages.
 * `--help` tells the options, `promises.ts` what is promised.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { timeAdditions } from './additions.ts'
import { runColdStart } from './cold-start.ts'
import type { Setup } from './dev-server.ts'
import { measureDiscovery } from './discovery.ts'
import type { DiscoveryCost } from './discovery.ts'
import { onHarness } from './on-harness.ts'
import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { judge } from './promises.ts'
import { runSteadyLoad } from './steady-load.ts'
import { latency, summarize } from './summary.ts'
import type { Measurement } from './summary.ts'
import { printTables } from './tables.ts'

/** Milliseconds of latency without edits. Twenty to forty are usual; a queue grows without end. */
const OVERLOAD = 250

async function measure(setup: Setup, options: Options, rate: number): Promise<Measurement> {
  const steady = await onHarness(() => runSteadyLoad(setup, rate, options.dependencies))
  const coldStart = await onHarness(() => runColdStart(setup))
  return { ...setup, rate, steady, coldStart }
}

interface Measured {
  measurements: Measurement[]
  additions: number[][]
  discoveries: DiscoveryCost[]
}

async function main(options: Options): Promise<void> {
  const measured: Measured = { measurements: [], additions: [], discoveries: [] }
  try {
    for (let round = 1; round <= options.rounds; round++) await runRound(round, options, measured)
  } finally {
    // What took an hour is not to be lost in the last minute.
    report(measured, options)
  }
}

async function runRound(round: number, options: Options, measured: Measured): Promise<void> {
  measured.additions.push(await timeAdditions())
  measured.discoveries.push(await measureDiscovery())
  for (const topology of options.topologies) {
    for (const rate of options.rates) {
      // In turn, so that a machine that slows down slows all of them.
      for (const holdfast of options.modes) {
        const measurement = await measure({ topology, holdfast }, options, rate)
        measured.measurements.push(measurement)
        const { requests, failed } = measurement.steady.tally
        const name = `${topology}, ${holdfast}, ${rate}/s`
        console.log(`round ${round}: ${name}: ${failed} of ${requests} requests failed`)
        if ((latency(measurement) ?? 0) > OVERLOAD) {
          console.log('  The machine does not keep up with that many: the times mean little.')
        }
      }
    }
  }
}

function report(measured: Measured, { judged, json }: Options): void {
  const results = { ...measured, summaries: summarize(measured.measurements) }
  const verdicts = judge(results, judged)
  printTables(results, verdicts)
  if (json !== undefined) {
    const file = path.resolve(import.meta.dirname, '../../..', json)
    writeFileSync(file, JSON.stringify({ ...measured, verdicts }, undefined, 2))
  }
  if (verdicts.some(({ isKept, isJudged }) => isJudged && !isKept)) process.exitCode = 1
}

const args = process.argv.slice(2)
if (args.includes('--help')) console.log(usage)
else {
  let options: Options | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
  if (options) await main(options)
}
