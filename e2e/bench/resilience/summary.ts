import type { ColdStart } from './cold-start.ts'
import type { Setup } from './dev-server.ts'
import type { Target } from './late-dependencies.ts'
import type { SteadyLoad } from './steady-load.ts'
import { median, quantile, ratio, sum } from './statistics.ts'

/** One dev server of each kind, in one round. */
export interface Measurement extends Setup {
  rate: number
  steady: SteadyLoad
  coldStart: ColdStart
}

/** What the rounds of one setup at one rate amount to: sums of counts, medians of times. */
export interface Summary extends Setup {
  rate: number
  rounds: Measurement[]
  /** Of plain Vite in the same rounds, if that was measured. */
  plain: Measurement[] | undefined
}

export function summarize(measurements: readonly Measurement[]): Summary[] {
  const groups = Map.groupBy(measurements, keyOf)
  return [...groups.values()].map((rounds) => {
    const { topology, holdfast, rate } = rounds[0]!
    const plain = groups.get(keyOf({ topology, rate, holdfast: 'off' }))
    return { topology, holdfast, rate, rounds, plain }
  })
}

function keyOf({ topology, holdfast, rate }: Setup & { rate: number }): string {
  return `${topology} ${holdfast} ${rate}`
}

export function total({ rounds }: Summary, count: (round: Measurement) => number): number {
  return sum(rounds.map(count))
}

export function typical(
  { rounds }: Pick<Summary, 'rounds'>,
  measure: (round: Measurement) => number | undefined,
): number | undefined {
  return median(rounds.map(measure).filter((value) => value !== undefined))
}

/** The median of what each round is to plain Vite in that round: both ran on the machine as it was. */
export function toPlain(
  { rounds, plain }: Summary,
  measure: (round: Measurement) => number | undefined,
): number | undefined {
  const ratios = rounds.map((one, index) =>
    plain?.[index] ? ratio(measure(one), measure(plain[index])) : undefined,
  )
  return median(ratios.filter((value) => value !== undefined))
}

/**
 * The median of what each edit with a late dependency is to the very same edit under plain Vite in
 * that round, where that was ever served. What one takes depends on where the dependency is used far
 * more than on anything else, so that a median of all says little.
 */
export function editsToPlain({ rounds, plain }: Summary): number | undefined {
  const ratios = rounds.flatMap((own, index) => {
    const base = new Map(
      plain?.[index]?.steady.edits.map((edit) => [edit.dependency, edit.milliseconds]),
    )
    return own.steady.edits.flatMap(({ dependency, milliseconds }) =>
      dependency === undefined ? [] : (ratio(milliseconds, base.get(dependency)) ?? []),
    )
  })
  return median(ratios)
}

/** Milliseconds from saving to the first correct answer. Without a target, of all. */
export function editTimes(
  { steady }: Measurement,
  kind: 'dependency' | 'plain',
  target?: Target,
): number[] {
  return steady.edits
    .filter((edit) => (edit.dependency !== undefined) === (kind === 'dependency'))
    .filter((edit) => target === undefined || edit.target === target)
    .flatMap(({ milliseconds }) => milliseconds ?? [])
}

/** Of the late dependencies. */
export const saveToCorrect = (one: Measurement): number | undefined =>
  median(editTimes(one, 'dependency'))

/**
 * The same edits without a new dependency: each kind of edit counts as often as it does among those
 * with one.
 */
export function saveToCorrectLimit(one: Measurement): number | undefined {
  const times = one.steady.edits.flatMap(({ target, dependency }) =>
    dependency === undefined ? [] : (median(editTimes(one, 'plain', target)) ?? []),
  )
  return median(times)
}

export const latency = ({ steady }: Measurement): number | undefined => median(steady.latencies)
export const latencyP95 = ({ steady }: Measurement): number | undefined =>
  quantile(steady.latencies, 0.95)
