import { parseArgs } from 'node:util'
import { lateDependencies } from './late-dependencies.ts'
import { promises } from './promises.ts'
import type { Setup } from './dev-server.ts'

const topologies = ['child', 'bridge'] as const satisfies Setup['topology'][]
const modes = ['off', 'no-incremental', 'on'] as const satisfies Setup['holdfast'][]
const groups = [...new Set(promises.map(({ group }) => group))]

export const usage = `Usage: pnpm bench:resilience [options]

  --topology LIST      ${topologies.join(', ')} (default: all)
  --holdfast LIST      ${modes.join(', ')} (default: all)
  --rate LIST          requests a second (default: 25,100)
  --rounds N           how often each is measured (default: 3)
  --dependencies N     how many are added late, at most ${lateDependencies.length} (default: all)
  --judge LIST         which promises decide on the exit code: ${groups.join(', ')}, none (default: all)
  --json FILE          where to write everything that was measured, from the repository's root
  --quick              one round, child, rate 25, four dependencies, unless said otherwise`

export interface Options {
  topologies: Setup['topology'][]
  modes: Setup['holdfast'][]
  rates: number[]
  rounds: number
  dependencies: number
  judged: string[]
  json: string | undefined
}

/** @throws {Error} that says what is wrong with the arguments, and what they can be. */
export function readOptions(args: string[]): Options {
  const { topology, holdfast, rate, rounds, dependencies, judge, json, quick } = parse(args)
  return {
    topologies: listOf('topology', topology ?? (quick ? 'child' : topologies.join()), topologies),
    modes: listOf('holdfast', holdfast ?? modes.join(), modes),
    rates: split(rate ?? (quick ? '25' : '25,100')).map((each) => numberOf('rate', each, 1000)),
    rounds: numberOf('rounds', rounds ?? (quick ? '1' : '3'), 100),
    dependencies: numberOf(
      'dependencies',
      dependencies ?? String(quick ? 4 : lateDependencies.length),
      lateDependencies.length,
    ),
    judged: judge === 'none' ? [] : listOf('judge', judge ?? groups.join(), groups),
    json,
  }
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const
    return parseArgs({
      args,
      options: {
        topology: text,
        holdfast: text,
        rate: text,
        rounds: text,
        dependencies: text,
        judge: text,
        json: text,
        quick: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function listOf<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  return split(text).map((each) => {
    const found = known.find((one) => one === each)
    if (found === undefined) throw wrong(name, each, `one or more of ${known.join(', ')}`)
    return found
  })
}

function numberOf(name: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw wrong(name, text, `a whole number from 1 to ${max}`)
}

function split(text: string): string[] {
  return text.split(',').map((each) => each.trim())
}

function wrong(name: string, value: string, allowed: string): Error {
  return new Error(`--${name} is "${value}"; it has to be ${allowed}.\n\n${usage}`)
}
