import type { Verdict } from './promises.ts'
import type { Target } from './late-dependencies.ts'
import { median, quantile, ratio, sum } from './statistics.ts'
import {
  editTimes,
  latency,
  latencyP95,
  saveToCorrect,
  toPlain,
  total,
  typical,
} from './summary.ts'
import type { Measurement, Summary } from './summary.ts'

type Cell = string | number | undefined

const targets: Target[] = ['server', 'client', 'action']

/** Everything, on the terminal. */
export function printTables(summaries: readonly Summary[], verdicts: readonly Verdict[]): void {
  for (const setups of Map.groupBy(summaries, nameOfTable).values()) {
    console.log(`\n${nameOfTable(setups[0]!)}`)
    console.table(transpose(setups))
    console.log('Milliseconds from saving an edit to the first correct answer that shows it')
    console.table(setups.flatMap(editRows))
  }
  console.log('\nPromises')
  console.table(
    verdicts.map(({ group, of, title, measured, sense, limit, isKept, isJudged }) => ({
      group,
      of,
      promise: title,
      measured: rounded(measured),
      limit: `${sense} ${limit}`,
      kept: measured === undefined ? 'not measured' : isKept ? 'yes' : 'NO',
      judged: isJudged ? 'yes' : 'no',
    })),
  )
}

function nameOfTable({ topology, rate, rounds }: Summary): string {
  return `${topology} topology, ${rate} requests a second, ${rounds.length} round(s)`
}

/** A row for each figure, a column for each mode. */
function transpose(setups: readonly Summary[]): Record<string, Record<string, Cell>> {
  const rows: Record<string, Record<string, Cell>> = {}
  for (const summary of setups) {
    for (const [title, cell] of Object.entries(figuresOf(summary))) {
      rows[title] = { ...rows[title], [summary.holdfast]: cell }
    }
  }
  return rows
}

function figuresOf(summary: Summary): Record<string, Cell> {
  const tallied = (pick: (tally: Measurement['steady']['tally']) => number) =>
    total(summary, ({ steady }) => pick(steady.tally))
  const time = (measure: (one: Measurement) => number | undefined) => {
    const value = rounded(typical(summary, measure))
    const factor = summary.holdfast === 'off' ? undefined : toPlain(summary, measure)
    return factor === undefined ? value : `${value} (${factor.toFixed(2)} ×)`
  }
  return {
    requests: tallied(({ requests }) => requests),
    'failed requests': tallied(({ failed }) => failed),
    ...counted('  ', summary, ({ steady }) => steady.tally.failures),
    '  after a new dependency': tallied(({ failedIn }) => failedIn.dependency),
    '  after an ordinary edit': tallied(({ failedIn }) => failedIn.plain),
    'state resets': tallied(({ stateResets }) => stateResets),
    ...counted('evaluated again after a new dependency: ', summary, ({ steady }) =>
      only(steady.tally.evaluatedAgain, 'dependency'),
    ),
    ...counted('evaluated again after an ordinary edit: ', summary, ({ steady }) =>
      only(steady.tally.evaluatedAgain, 'plain'),
    ),
    'action calls': tallied(({ actions }) => actions.calls),
    '  run twice': tallied(({ actions }) => actions.ranTwice),
    '  lost': tallied(({ actions }) => actions.lost),
    '  run, but answered as failed': tallied(({ actions }) => actions.unacknowledged),
    ...counted('re-optimizations that reload: ', summary, ({ steady }) => steady.reloads.optimizer),
    ...counted('reloads for an edit: ', summary, ({ steady }) => steady.reloads.edit),
    'restarts needed': total(summary, ({ steady }) => steady.restarts),
    'save → first correct answer, ms': time(saveToCorrect),
    'latency, ms': time(latency),
    'latency p95, ms': time(latencyP95),
    'cold start, ms': time(({ steady }) => steady.coldStart),
    'first page in a browser, ms': time(({ steady }) => steady.visit.firstPage),
    'files for it': time(({ steady }) => steady.visit.files),
    'bytes for it': time(({ steady }) => steady.visit.bytes),
    'cold start with 10 requests, ms': time(({ coldStart }) => coldStart.duration),
    '  of these failed': total(summary, ({ coldStart }) => coldStart.tally.failed),
    ...counted('    ', summary, ({ coldStart }) => coldStart.tally.failures),
    ...counted('', summary, ({ steady }) => steady.figures),
  }
}

/** Counts whose names are only known once they are there. */
function counted(
  prefix: string,
  { rounds }: Summary,
  pick: (round: Measurement) => Record<string, number>,
): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [name, count] of rounds.flatMap((round) => Object.entries(pick(round)))) {
    all[prefix + name] = (all[prefix + name] ?? 0) + count
  }
  return all
}

function only<K extends string>(
  counts: Record<string, Record<K, number>>,
  key: K,
): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, each]) => [name, each[key]]))
}

/** Beside each kind of late dependency the limit: the same edit without one. */
function editRows({ holdfast, rounds }: Summary): Record<string, Cell>[] {
  return [...targets, undefined].map((target) => {
    const late = rounds.flatMap((one) => editTimes(one, 'dependency', target))
    const plain = rounds.flatMap((one) => editTimes(one, 'plain', target))
    return {
      holdfast,
      edited: target ?? 'any',
      'with a dependency': late.length,
      median: rounded(median(late)),
      p95: rounded(quantile(late, 0.95)),
      'without one': plain.length,
      'median ': rounded(median(plain)),
      'p95 ': rounded(quantile(plain, 0.95)),
      'ratio of medians': rounded(ratio(median(late), median(plain))),
      'never correct': sum(
        rounds.map(
          ({ steady }) =>
            steady.edits.filter(
              (edit) => edit.milliseconds === undefined && (target ?? edit.target) === edit.target,
            ).length,
        ),
      ),
    }
  })
}

function rounded(value: number | undefined): number | undefined {
  if (value === undefined) return undefined
  return value < 20 ? Math.round(value * 100) / 100 : Math.round(value)
}
