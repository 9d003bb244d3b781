import { printTable } from './print-table.ts'
import type { Cell } from './print-table.ts'
import type { Figures } from './figures-plugin.ts'
import type { Target } from './late-dependencies.ts'
import type { Tally } from './ledger.ts'
import type { Results, Verdict } from './promises.ts'
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

const targets: Target[] = ['server', 'client', 'action']

/** Everything, on the terminal. */
export function printTables(
  { summaries, discoveries }: Results,
  verdicts: readonly Verdict[],
): void {
  for (const [title, setups] of Map.groupBy(summaries, nameOfTable)) {
    printTable(
      title,
      rowsOf(setups).map(([name, cellOf]) =>
        Object.fromEntries<Cell>([
          ['', name],
          ...setups.map<[string, Cell]>((summary) => [summary.holdfast, cellOf(summary)]),
        ]),
      ),
    )
    printTable(
      `${title}: milliseconds from saving an edit to the first correct answer, and failed requests`,
      setups.flatMap(editRows),
    )
  }
  printTable(
    'Discovery, in an application of 3001 modules',
    discoveries.flatMap(({ started, edited, extended }) =>
      Object.entries({
        start: started,
        edit: edited,
        'edit that imports a new module': extended,
      }).map(([change, { transformed, duration }]) => ({
        change,
        transformed,
        ms: rounded(duration),
      })),
    ),
  )
  printTable(
    'Promises',
    verdicts.map(({ group, of, title, value, sense, limit, isKept, isJudged }) => ({
      group,
      of,
      promise: title,
      measured: rounded(value),
      limit: `${sense} ${limit}`,
      kept: value === undefined ? 'not measured' : isKept ? 'yes' : 'NO',
      judged: isJudged ? 'yes' : 'no',
    })),
  )
}

function nameOfTable({ topology, rate, rounds }: Summary): string {
  return `${topology} topology, ${rate} requests a second, ${rounds.length} round(s)`
}

type Row = [name: string, cellOf: (summary: Summary) => Cell]

function rowsOf(setups: readonly Summary[]): Row[] {
  const named = (prefix: string, pick: (round: Measurement) => Record<string, number>): Row[] =>
    namesIn(setups, pick).map((name) => [
      prefix + name,
      (summary) => total(summary, (round) => pick(round)[name] ?? 0),
    ])
  return [
    ['requests', tallied(({ requests }) => requests)],
    ['failed requests', tallied(({ failed }) => failed)],
    ...named('  ', ({ steady }) => steady.tally.failures),
    ['  after a new dependency', tallied(({ failedIn }) => failedIn.dependency)],
    ['  after an ordinary edit', tallied(({ failedIn }) => failedIn.plain)],
    ['action calls', tallied(({ actions }) => actions.calls)],
    ['  run twice', tallied(({ actions }) => actions.ranTwice)],
    ['  lost', tallied(({ actions }) => actions.lost)],
    ['  run, but answered as failed', tallied(({ actions }) => actions.unacknowledged)],
    ['state resets', tallied(({ stateResets }) => stateResets)],
    ...named('evaluated again after a new dependency: ', ({ steady }) =>
      only(steady.tally.evaluatedAgain, 'dependency'),
    ),
    ...named('evaluated again after an ordinary edit: ', ({ steady }) =>
      only(steady.tally.evaluatedAgain, 'plain'),
    ),
    ...named('re-optimizations that reload: ', ({ steady }) => steady.reloads.optimizer),
    ...named('reloads for an edit: ', ({ steady }) => steady.reloads.edit),
    ['restarts needed', (summary) => total(summary, ({ steady }) => steady.restarts)],
    ['save → first correct answer, ms', timed(saveToCorrect)],
    ['latency before the edits, ms', timed(latency)],
    ['  p95', timed(latencyP95)],
    ['cold start, ms', timed(({ steady }) => steady.coldStart)],
    ['first page in a browser, ms', timed(({ steady }) => steady.visit.firstPage)],
    ['  files', timed(({ steady }) => steady.visit.files)],
    ['  bytes', timed(({ steady }) => steady.visit.bytes)],
    ['cold start under ten requests, ms', timed(({ coldStart }) => coldStart.duration)],
    ['  failed requests', (summary) => total(summary, ({ coldStart }) => coldStart.tally.failed)],
    ...named('    ', ({ coldStart }) => coldStart.tally.failures),
    ...named('  re-optimizations that reload: ', ({ coldStart }) => coldStart.reloads.optimizer),
    ...namesIn(setups, ({ steady }) => steady.figures).map<Row>((name) => [
      name,
      ({ rounds }) => overRounds(rounds.flatMap(({ steady }) => steady.figures[name] ?? [])),
    ]),
  ]
}

function tallied(pick: (tally: Tally) => number): Row[1] {
  return (summary) => total(summary, ({ steady }) => pick(steady.tally))
}

/** Names that are only known once something of the name has happened. */
function namesIn(setups: readonly Summary[], pick: (round: Measurement) => object): string[] {
  return [
    ...new Set(setups.flatMap(({ rounds }) => rounds.flatMap((one) => Object.keys(pick(one))))),
  ]
}

function overRounds(figures: Figures[string][]): Cell {
  const values = figures.map(({ value }) => value)
  if (values.length === 0) return undefined
  return rounded(figures[0]!.over === 'sum' ? sum(values) : Math.max(...values))
}

/** Beside each figure how often it is plain Vite's. */
function timed(measure: (one: Measurement) => number | undefined): Row[1] {
  return (summary) => {
    const value = rounded(typical(summary, measure))
    const factor = summary.holdfast === 'off' ? undefined : toPlain(summary, measure)
    return factor === undefined ? value : `${value} (${factor.toFixed(2)} ×)`
  }
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
    const edits = rounds
      .flatMap(({ steady }) => steady.edits)
      .filter((edit) => target === undefined || edit.target === target)
    const [late, plain] = (['dependency', 'plain'] as const).map((kind) => {
      const times = rounds.flatMap((one) => editTimes(one, kind, target))
      const ofKind = edits.filter((edit) => (edit.dependency === undefined) === (kind === 'plain'))
      return { times, edits: ofKind.length, failed: sum(ofKind.map(({ failed }) => failed)) }
    })
    return {
      holdfast,
      edited: target ?? 'any',
      'new dependencies': late!.edits,
      median: rounded(median(late!.times)),
      p95: rounded(quantile(late!.times, 0.95)),
      failed: late!.failed,
      'without one': plain!.edits,
      'its median': rounded(median(plain!.times)),
      'its p95': rounded(quantile(plain!.times, 0.95)),
      'its failed': plain!.failed,
      'ratio of medians': rounded(ratio(median(late!.times), median(plain!.times))),
      'never correct': edits.filter(({ milliseconds }) => milliseconds === undefined).length,
    }
  })
}

function rounded(value: number | undefined): number | undefined {
  if (value === undefined) return undefined
  return value < 20 ? Math.round(value * 100) / 100 : Math.round(value)
}
