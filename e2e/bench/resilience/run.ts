/**
 * What users of the harness notice while dependencies are added to it, with and without the packages.
 * `--help` tells the options, `promises.ts` what is promised.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { reset } from '@holdfast/app-request-info/reset'
import { timeAdditions } from './additions.ts'
import { runColdStart } from './cold-start.ts'
import type { Setup } from './dev-server.ts'
import { addParts } from './edits.ts'
import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { measureOverhead } from './overhead.ts'
import type { Overhead } from './overhead.ts'
import { judge } from './promises.ts'
import { runSteadyLoad } from './steady-load.ts'
import { summarize } from './summary.ts'
import type { Measurement } from './summary.ts'
import { printTables } from './tables.ts'

async function measure(setup: Setup, options: Options, rate: number): Promise<Measurement> {
  const steady = await onHarness(() => runSteadyLoad(setup, rate, options.dependencies))
  const coldStart = await onHarness(() => runColdStart(setup))
  return { ...setup, rate, steady, coldStart }
}

async function onHarness<T>(run: () => Promise<T>): Promise<T> {
  reset()
  addParts()
  try {
    return await run()
  } finally {
    reset()
  }
}

async function main(options: Options): Promise<void> {
  const measurements: Measurement[] = []
  const overheads: Overhead[] = []
  const additions: number[][] = []
  for (let round = 1; round <= options.rounds; round++) {
    additions.push(await timeAdditions())
    for (const topology of options.topologies) {
      for (const rate of options.rates) {
        // In turn, so that a machine that slows down slows all of them.
        for (const holdfast of options.modes) {
          const measurement = await measure({ topology, holdfast }, options, rate)
          measurements.push(measurement)
          const { requests, failed } = measurement.steady.tally
          const name = `${topology}, ${holdfast}, ${rate}/s`
          console.log(`round ${round}: ${name}: ${failed} of ${requests} requests failed`)
        }
      }
      for (const holdfast of options.modes.filter((mode) => mode !== 'off')) {
        overheads.push(await onHarness(() => measureOverhead({ topology, holdfast })))
      }
    }
  }

  const results = { summaries: summarize(measurements), overheads, additions }
  const verdicts = judge(results, options.judged)
  printTables(results, verdicts)
  if (options.json !== undefined) {
    const file = path.resolve(import.meta.dirname, '../../..', options.json)
    writeFileSync(
      file,
      JSON.stringify({ measurements, overheads, additions, verdicts }, undefined, 2),
    )
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
