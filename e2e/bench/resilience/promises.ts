import { growth } from './additions.ts'
import type { Setup } from './dev-server.ts'
import { median, ratio, sum } from './statistics.ts'
import { latency, saveToCorrect, saveToCorrectLimit, toPlain, total, typical } from './summary.ts'
import type { Summary } from './summary.ts'

interface Promised {
  /** Promises are chosen by it. */
  group: 'control' | 'requests' | 'reloads' | 'speed'
  title: string
  sense: 'at most' | 'at least'
  limit: number
}

/** Kept by each topology at each rate. */
interface OfSetup extends Promised {
  modes: Setup['holdfast'][]
  /** `undefined` if there is nothing to judge by, such as plain Vite in the same rounds. */
  measure: (summary: Summary) => number | undefined
}

const withState: Setup['holdfast'][] = ['no-incremental', 'on']

export const promises: readonly OfSetup[] = [
  {
    // If plain Vite got through, the load would prove nothing.
    group: 'control',
    title: 'failed requests',
    modes: ['off'],
    sense: 'at least',
    limit: 1,
    measure: (summary) => total(summary, ({ steady }) => steady.tally.failed),
  },
  {
    group: 'control',
    title: 'state resets',
    modes: ['off'],
    sense: 'at least',
    limit: 1,
    measure: (summary) => total(summary, ({ steady }) => steady.tally.stateResets),
  },
  {
    group: 'requests',
    title: 'failed requests',
    modes: withState,
    sense: 'at most',
    limit: 0,
    measure: (summary) => total(summary, ({ steady }) => steady.tally.failed),
  },
  {
    group: 'requests',
    title: 'failed requests of a cold start',
    modes: withState,
    sense: 'at most',
    limit: 0,
    measure: (summary) => total(summary, ({ coldStart }) => coldStart.tally.failed),
  },
  {
    group: 'requests',
    title: 'actions run twice or lost',
    modes: withState,
    sense: 'at most',
    limit: 0,
    measure: (summary) =>
      total(summary, ({ steady, coldStart }) =>
        sum([steady, coldStart].map(({ tally: { actions } }) => actions.ranTwice + actions.lost)),
      ),
  },
  {
    group: 'requests',
    title: 'state resets',
    modes: withState,
    sense: 'at most',
    limit: 0,
    measure: (summary) =>
      total(
        summary,
        ({ steady, coldStart }) => steady.tally.stateResets + coldStart.tally.stateResets,
      ),
  },
  {
    group: 'reloads',
    title: 'reloading re-optimizations',
    modes: ['on'],
    sense: 'at most',
    limit: 0,
    measure: (summary) =>
      total(summary, ({ steady }) => sum(Object.values(steady.reloads.optimizer))),
  },
  {
    group: 'speed',
    title: 'save → first correct answer, of plain Vite',
    modes: ['on'],
    sense: 'at most',
    limit: 0.6,
    measure: (summary) => toPlain(summary, saveToCorrect),
  },
  {
    group: 'speed',
    title: 'save → first correct answer, of plain Vite',
    modes: ['no-incremental'],
    sense: 'at most',
    limit: 1.15,
    measure: (summary) => toPlain(summary, saveToCorrect),
  },
  {
    group: 'speed',
    title: 'save → first correct answer, of the same edits without a dependency',
    modes: ['on'],
    sense: 'at most',
    limit: 1.3,
    measure: (summary) =>
      typical(summary, (one) => ratio(saveToCorrect(one), saveToCorrectLimit(one))),
  },
  {
    group: 'speed',
    title: 'cold start, of plain Vite',
    modes: withState,
    sense: 'at most',
    limit: 1.05,
    measure: (summary) => toPlain(summary, ({ steady }) => steady.coldStart),
  },
  {
    group: 'speed',
    title: 'first page in a browser, of plain Vite',
    modes: withState,
    sense: 'at most',
    limit: 1.05,
    measure: (summary) => toPlain(summary, ({ steady }) => steady.visit.firstPage),
  },
  {
    group: 'speed',
    title: 'latency without edits, of plain Vite',
    modes: withState,
    sense: 'at most',
    limit: 1.05,
    measure: (summary) => toPlain(summary, latency),
  },
]

/** Kept by the plugin alone, whatever the topology. */
const ofAdditions: Promised = {
  group: 'speed',
  title: 'the 40th added dependency, of one of the first',
  sense: 'at most',
  limit: 2,
}

export interface Verdict extends Promised {
  /** Whose promise it is. */
  of: string
  measured: number | undefined
  isKept: boolean
  /** Whether it decides on the exit code. */
  isJudged: boolean
}

/** @param judged - the groups that decide on the exit code. */
export function judge(
  summaries: readonly Summary[],
  additions: readonly (readonly number[])[],
  judged: readonly string[],
): Verdict[] {
  const verdict = (promised: Promised, of: string, measured: number | undefined): Verdict => {
    const { group, title, sense, limit } = promised
    const isKept =
      measured === undefined || (sense === 'at most' ? measured <= limit : measured >= limit)
    return { group, title, sense, limit, of, measured, isKept, isJudged: judged.includes(group) }
  }
  const verdicts = summaries.flatMap((summary) =>
    promises
      .filter(({ modes }) => modes.includes(summary.holdfast))
      .map((promised) => {
        const of = `${summary.topology}, ${summary.holdfast}, ${summary.rate}/s`
        return verdict(promised, of, promised.measure(summary))
      }),
  )
  if (additions.length === 0) return verdicts
  return [...verdicts, verdict(ofAdditions, 'incremental deps', median(additions.map(growth)))]
}
