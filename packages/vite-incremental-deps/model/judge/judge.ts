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
  mayFail: boolean
}

/** What is wrong with an answer, or nothing. */
export function findFault(answer: Answer, allowed: Allowed): Fault | undefined {
  const { expected, present, former, mayFail } = allowed
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

  const past = modulesOf(shown)
    .map(({ mark }) => parseMark(mark))
    .filter(({ place, generation }) => generation !== present.get(place))
  if (!past.every(({ place, generation }) => former(place).has(generation))) return 'former content'
  if (canFail) return undefined
  if (hasGap(shown) && !hasGap(expected.shown)) return 'fails'
  return past.length > 0 ? undefined : 'wrong content'
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
