import { modulesOf, parseMark, textOf } from './answer.ts'
import type { Answer, Shown } from './answer.ts'

export type Fault =
  | 'fails'
  | 'two instances'
  | 'mixed generations'
  | 'former content'
  | 'wrong content'

/** What is allowed of one page of one server. */
export interface Allowed {
  /** What fresh plain Vite says. */
  expected: Answer
  /** By place. */
  present: ReadonlyMap<string, string>
  /** Generations that may be shown besides the present one. */
  former: (place: string) => ReadonlySet<string>
  /** Whether anything of the past may be shown. */
  hasFormer: boolean
  mayFail: boolean
  surfaces: Surfaces
}

/** What is wrong with an answer, or nothing. */
export function findFault(answer: Answer, allowed: Allowed): Fault | undefined {
  const { expected, present, former, hasFormer, mayFail, surfaces } = allowed
  const canFail = mayFail || expected.error !== undefined
  if (answer.error !== undefined) return canFail ? undefined : 'fails'
  const { shown } = answer
  if (hasSeveral(shown, instancesOf) && !hasSeveral(expected.shown, instancesOf)) {
    return 'two instances'
  }
  if (hasSeveral(shown, generationsOf) && !hasSeveral(expected.shown, generationsOf)) {
    return 'mixed generations'
  }
  if (expected.shown && textOf(shown) === textOf(expected.shown)) return undefined

  const marks = modulesOf(shown).map(({ mark }) => parseMark(mark))
  const isAllowed = ({ place, generation }: (typeof marks)[number]) =>
    generation === present.get(place) || former(place).has(generation)
  if (!marks.every(isAllowed)) return 'former content'
  if (hasGap(shown) && !hasGap(expected.shown)) return canFail ? undefined : 'fails'
  if (!hasFormer && !canFail) return 'wrong content'
  return surfaces.areKnown(shown) ? undefined : 'wrong content'
}

/**
 * What fresh plain Vite has ever shown of each module, without what is below its parts. A page that
 * may show the past is right if each of its modules is like that.
 */
export class Surfaces {
  readonly #known = new Map<string, Set<string>>()

  learn(shown: Shown): void {
    for (const module of modulesOf(shown)) {
      const known = this.#known.get(module.mark) ?? new Set()
      this.#known.set(module.mark, known.add(surfaceOf(module)))
    }
  }

  /** Modules that were never shown by plain Vite are not judged. */
  areKnown(shown: Shown): boolean {
    return modulesOf(shown).every((module) => {
      const known = this.#known.get(module.mark)
      return !known || known.has(surfaceOf(module))
    })
  }
}

/** Which module each part is, of whichever generation. */
function surfaceOf({ parts = {} }: Shown): string {
  const entries = Object.entries(parts).map(([name, part]) => {
    if (typeof part === 'string') return [name, part]
    const { place, file } = parseMark(part.mark)
    return [name, place, file]
  })
  return JSON.stringify(entries)
}

/** Whether anything is there more than once. */
function hasSeveral(
  shown: Shown | undefined,
  valuesOf: (module: Shown) => readonly [string, unknown],
): boolean {
  const values = new Map<string, unknown>()
  for (const module of shown ? modulesOf(shown) : []) {
    const [key, value] = valuesOf(module)
    if (value === undefined) continue
    if (values.has(key) && values.get(key) !== value) return true
    values.set(key, value)
  }
  return false
}

const instancesOf = ({ mark, instance }: Shown) => {
  const { place, file } = parseMark(mark)
  return [`${place}/${file.replace(/:brief$/, '')}`, instance] as const
}

const generationsOf = ({ mark }: Shown) => {
  const { place, generation } = parseMark(mark)
  return [place, generation] as const
}

/** Whether an import is missing or has failed somewhere. */
const hasGap = (shown: Shown | undefined): boolean =>
  shown !== undefined &&
  modulesOf(shown).some(({ parts = {} }) =>
    Object.values(parts).some((part) => part === 'missing' || part === 'failed'),
  )
