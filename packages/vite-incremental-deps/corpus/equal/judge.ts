import { known } from '../known-differences.ts'
import type { KnownDifference } from '../known-differences.ts'
import type { Comparison, Difference } from './differences.ts'
import type { Mode } from './config.ts'
import type { Unit } from './units.ts'

/** Kinds that are seen in modules without marks. */
const UNMARKED = new Set<Difference['kind']>(['not added', 'export', 'identity', 'error', 'probe'])

/** The listed differences that can occur in a mode. */
export const knownIn = ({ isMarked = true }: Mode): KnownDifference[] =>
  known.filter(({ kind }) => isMarked || UNMARKED.has(kind))

/** Holds differences against the list of those that have a reason. */
export class Judge {
  readonly #list: readonly KnownDifference[]
  /** Listed differences of compared units, and whether they occurred. */
  readonly #occurred = new Map<string, boolean>()

  constructor(list: readonly KnownDifference[]) {
    this.#list = list
  }

  /** The unlisted differences of one unit, by environment. */
  unlisted(unit: Unit, comparison: Comparison): Comparison {
    // Every one of these has the early dependencies.
    const names = unit.case ? [unit.name] : ['early', unit.name, ...unit.ids]
    const own = this.#list.filter(({ dependency }) => names.includes(dependency))
    const unlisted: Comparison = {}
    for (const [environment, differences] of Object.entries(comparison)) {
      const here = own.filter(({ environments }) => environments.some((it) => it === environment))
      for (const each of here) {
        const line = `${each.dependency}, ${environment}: ${each.kind}: ${String(each.of)}`
        const occurs = differences.some((difference) => matches(each, difference))
        this.#occurred.set(line, occurs || this.#occurred.get(line) === true)
      }
      unlisted[environment] = differences.filter((each) => !here.some((it) => matches(it, each)))
    }
    return unlisted
  }

  /** Listed differences that did not occur. */
  get outdated(): string[] {
    return [...this.#occurred].filter(([, occurred]) => !occurred).map(([line]) => line)
  }
}

function matches({ kind, of }: KnownDifference, difference: Difference): boolean {
  if (kind !== difference.kind) return false
  return typeof of === 'string' ? of === difference.of : of.test(difference.of)
}
