import type { Difference } from './differences.ts'
import { moved } from './moved.ts'
import type { Observation } from './observation.ts'

/**
 * Compares which modules were evaluated, in which order, by which import, and how often.
 *
 * @param strict - plain Vite with `output.strictExecutionOrder`. Plain Vite evaluates a chunk before
 * the modules that import it, so its own order is not always ECMAScript's: either order is right.
 */
export function differencesOfEvaluation(
  plain: Observation,
  late: Observation,
  strict: Observation = plain,
): Difference[] {
  const [wanted, given, right] = [phasesOf(plain), phasesOf(late), phasesOf(strict)]
  const [wantedIn, givenIn, rightIn] = [firstPhases(wanted), firstPhases(given), firstPhases(right)]
  const found: Difference[] = []
  for (const [of, at] of wantedIn) {
    const phase = wanted[at]![0]
    const other = givenIn.get(of)
    if (other === undefined) found.push({ kind: 'missing', of, what: `not with ${phase}` })
    else if (other !== at && other !== rightIn.get(of)) {
      const kind = other < at ? 'earlier' : 'later'
      found.push({ kind, of, what: `with ${given[other]![0]}, not with ${phase}` })
    }
  }
  for (const [of, at] of givenIn) {
    if (!wantedIn.has(of)) found.push({ kind: 'extra', of, what: `with ${given[at]![0]}` })
  }
  for (const [index, [phase, modules]] of wanted.entries()) {
    const isCommon = (of: string) =>
      [wantedIn, givenIn, rightIn].every((phases) => phases.get(of) === index)
    const order = (of: string[]) => [...new Set(of.filter(isCommon))]
    found.push(
      ...differencesOfOrder(
        phase,
        order(modules),
        order(given[index]![1]),
        order(right[index]![1]),
      ),
    )
  }
  const [wantedTimes, givenTimes] = [timesOf(wanted), timesOf(given)]
  for (const [of, times] of givenTimes) {
    const expected = wantedTimes.get(of) ?? 1
    if (times > expected) found.push({ kind: 'twice', of, what: `${times} times, not ${expected}` })
  }
  return found
}

function differencesOfOrder(
  phase: string,
  plain: string[],
  late: string[],
  strict: string[],
): Difference[] {
  const [wanted, given, right] = [plain, late, strict].map(
    (order) => new Map(order.map((of, index) => [of, index])),
  )
  const isWrong = (one: string, other: string) => {
    const is = isBefore(wanted!, one, other)
    return is === isBefore(right!, one, other) && is !== isBefore(given!, one, other)
  }
  return moved(plain, late)
    .filter((of) => late.some((other) => other !== of && isWrong(of, other)))
    .map((of) => ({
      kind: 'order',
      of,
      what: `with ${phase} after ${before(late, of)}, not after ${before(plain, of)}`,
    }))
}

const isBefore = (order: ReadonlyMap<string, number>, one: string, other: string): boolean =>
  order.get(one)! < order.get(other)!

/** The evaluated modules, by the import that evaluated them. */
function phasesOf({ early, steps }: Observation): [phase: string, modules: string[]][] {
  return [early, ...steps].flatMap(({ id, evaluated, touched }) => [
    [id, evaluated] as [string, string[]],
    [`${id}, touched`, touched] as [string, string[]],
  ])
}

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

const before = (modules: string[], of: string): string =>
  modules[modules.indexOf(of) - 1] ?? 'nothing'
