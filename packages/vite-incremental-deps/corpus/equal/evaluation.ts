import type { Difference } from './differences.ts'
import { moved } from './moved.ts'
import type { Observation } from './observation.ts'

/** The modules that were evaluated, by what evaluated them. */
function phasesOf({ early, steps }: Observation): [phase: string, modules: string[]][] {
  return [early, ...steps].flatMap(({ id, evaluated, touched }) => [
    [id, evaluated] as [string, string[]],
    [`${id}, touched`, touched] as [string, string[]],
  ])
}

/** Compares which modules were evaluated, when, and how often. */
export function differencesOfEvaluation(plain: Observation, late: Observation): Difference[] {
  const [wanted, given] = [phasesOf(plain), phasesOf(late)]
  const [wantedIn, givenIn] = [firstPhases(wanted), firstPhases(given)]
  const found: Difference[] = []
  for (const [of, at] of wantedIn) {
    const phase = wanted[at]![0]
    const other = givenIn.get(of)
    if (other === undefined) found.push({ kind: 'missing', of, what: `not with ${phase}` })
    else if (other !== at) {
      const kind = other < at ? 'earlier' : 'later'
      found.push({ kind, of, what: `with ${given[other]![0]}, not with ${phase}` })
    }
  }
  for (const [of, at] of givenIn) {
    if (!wantedIn.has(of)) found.push({ kind: 'extra', of, what: `with ${given[at]![0]}` })
  }
  for (const [index, [phase, modules]] of wanted.entries()) {
    const isCommon = (of: string) => wantedIn.get(of) === index && givenIn.get(of) === index
    found.push(
      ...differencesOfOrder(phase, modules.filter(isCommon), given[index]![1].filter(isCommon)),
    )
  }
  const [wantedTimes, givenTimes] = [timesOf(wanted), timesOf(given)]
  for (const [of, times] of givenTimes) {
    const expected = wantedTimes.get(of) ?? 1
    if (times > expected) found.push({ kind: 'twice', of, what: `${times} times, not ${expected}` })
  }
  return found
}

function differencesOfOrder(phase: string, plain: string[], late: string[]): Difference[] {
  const [wanted, given] = [[...new Set(plain)], [...new Set(late)]]
  return moved(wanted, given).map((of) => ({
    kind: 'order',
    of,
    what: `with ${phase} after ${before(given, of)}, not after ${before(wanted, of)}`,
  }))
}

const before = (modules: string[], of: string): string =>
  modules[modules.indexOf(of) - 1] ?? 'nothing'

function firstPhases(phases: [string, string[]][]): Map<string, number> {
  const first = new Map<string, number>()
  for (const [index, [, modules]] of phases.entries()) {
    for (const of of modules) if (!first.has(of)) first.set(of, index)
  }
  return first
}

function timesOf(phases: [string, string[]][]): Map<string, number> {
  const times = new Map<string, number>()
  for (const of of phases.flatMap(([, modules]) => modules)) times.set(of, (times.get(of) ?? 0) + 1)
  return times
}
