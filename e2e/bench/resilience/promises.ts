import { growth } from './additions.ts'
import type { Setup } from './dev-server.ts'
import type { DiscoveryCost } from './discovery.ts'
import { median, ratio, sum } from './statistics.ts'
import {
  editsToPlain,
  saveToCorrect,
  saveToCorrectLimit,
  toPlain,
  total,
  typical,
} from './summary.ts'
import type { Summary } from './summary.ts'

export interface Results {
  summaries: Summary[]
  /** Of one run each: see `timeAdditions`. */
  additions: number[][]
  discoveries: DiscoveryCost[]
}

interface Promised {
  /** Promises are chosen by it. */
  group: 'control' | 'requests' | 'state' | 'reloads' | 'speed'
  title: string
  sense: 'at most' | 'at least'
  limit: number
  measure: (results: Results) => Measured[]
}

interface Measured {
  of: string
  /** `undefined` if there is nothing to judge by, such as plain Vite in the same rounds. */
  value: number | undefined
}

/** A promise that each topology keeps at each rate. */
function inEach(
  modes: Setup['holdfast'][],
  measure: (summary: Summary) => number | undefined,
): Promised['measure'] {
  return ({ summaries }) =>
    summaries
      .filter(({ holdfast }) => modes.includes(holdfast))
      .map((summary) => ({
        of: `${summary.topology}, ${summary.holdfast}, ${summary.rate}/s`,
        value: measure(summary),
      }))
}

const withState: Setup['holdfast'][] = ['no-incremental', 'on']

export const promises: readonly Promised[] = [
  {
    // If plain Vite got through, the load would prove nothing.
    group: 'control',
    title: 'failed requests',
    sense: 'at least',
    limit: 1,
    measure: inEach(['off'], (summary) => total(summary, ({ steady }) => steady.tally.failed)),
  },
  {
    group: 'control',
    title: 'state resets',
    sense: 'at least',
    limit: 1,
    measure: inEach(['off'], (summary) => total(summary, ({ steady }) => steady.tally.stateResets)),
  },
  {
    group: 'requests',
    title: 'failed requests',
    sense: 'at most',
    limit: 0,
    measure: inEach(withState, (summary) => total(summary, ({ steady }) => steady.tally.failed)),
  },
  {
    group: 'requests',
    title: 'failed requests of a cold start',
    sense: 'at most',
    limit: 0,
    measure: inEach(withState, (summary) =>
      total(summary, ({ coldStart }) => coldStart.tally.failed),
    ),
  },
  {
    group: 'state',
    title: 'actions run twice or lost',
    sense: 'at most',
    limit: 0,
    measure: inEach(withState, (summary) =>
      total(summary, ({ steady, coldStart }) =>
        sum([steady, coldStart].map(({ tally: { actions } }) => actions.ranTwice + actions.lost)),
      ),
    ),
  },
  {
    group: 'state',
    title: 'state resets',
    sense: 'at most',
    limit: 0,
    measure: inEach(withState, (summary) =>
      total(
        summary,
        ({ steady, coldStart }) => steady.tally.stateResets + coldStart.tally.stateResets,
      ),
    ),
  },
  {
    group: 'reloads',
    title: 'reloading re-optimizations',
    sense: 'at most',
    limit: 0,
    measure: inEach(['on'], (summary) =>
      total(summary, ({ steady }) => sum(Object.values(steady.reloads.optimizer))),
    ),
  },
  {
    group: 'speed',
    title: 'save → first correct answer, of plain Vite',
    sense: 'at most',
    limit: 0.6,
    measure: inEach(['on'], (summary) => toPlain(summary, saveToCorrect)),
  },
  {
    group: 'speed',
    title: 'save → first correct answer, of the same edit under plain Vite',
    sense: 'at most',
    limit: 1.15,
    measure: inEach(['no-incremental'], editsToPlain),
  },
  {
    group: 'speed',
    title: 'save → first correct answer, of the same edits without a dependency',
    sense: 'at most',
    limit: 1.3,
    measure: inEach(['on'], (summary) =>
      typical(summary, (one) => ratio(saveToCorrect(one), saveToCorrectLimit(one))),
    ),
  },
  {
    group: 'speed',
    title: 'cold start, of plain Vite',
    sense: 'at most',
    limit: 1.05,
    measure: inEach(withState, (summary) => toPlain(summary, ({ steady }) => steady.coldStart)),
  },
  {
    group: 'speed',
    title: 'first page in a browser, of plain Vite',
    sense: 'at most',
    limit: 1.05,
    measure: inEach(withState, (summary) =>
      toPlain(summary, ({ steady }) => steady.visit.firstPage),
    ),
  },
  {
    group: 'speed',
    title: 'the 40th added dependency, of one of the first',
    sense: 'at most',
    limit: 2,
    measure: ({ additions }) => [{ of: 'on', value: median(additions.map(growth)) }],
  },
  {
    group: 'speed',
    title: 'modules transformed for an edit that imports one new one, of 3001',
    sense: 'at most',
    limit: 2,
    measure: ({ discoveries }) => [
      { of: 'gate', value: median(discoveries.map(({ extended }) => extended.transformed)) },
    ],
  },
]

export interface Verdict extends Omit<Promised, 'measure'>, Measured {
  isKept: boolean
  /** Whether it decides on the exit code. */
  isJudged: boolean
}

/** @param judged - the groups that decide on the exit code. */
export function judge(results: Results, judged: readonly string[]): Verdict[] {
  return promises.flatMap(({ measure, group, title, sense, limit }) =>
    measure(results).map(({ of, value }) => {
      const isKept = value === undefined || (sense === 'at most' ? value <= limit : value >= limit)
      return { group, title, sense, limit, of, value, isKept, isJudged: judged.includes(group) }
    }),
  )
}
