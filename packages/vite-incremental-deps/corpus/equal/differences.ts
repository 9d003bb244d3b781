import { differencesOfEvaluation } from './evaluation.ts'
import type { Observation, Step } from './observation.ts'

/** How what was added late is not as what plain Vite had from the start. */
export interface Difference {
  kind:
    | 'not added'
    /** A module that plain Vite evaluates, and late is not. */
    | 'missing'
    | 'extra'
    /** With another import than in plain Vite. */
    | 'earlier'
    | 'later'
    /** Between modules that the same import evaluates. */
    | 'order'
    | 'twice'
    | 'export'
    | 'identity'
    | 'error'
    | 'probe'
  /** A module, or the way to an export. */
  of: string
  /** What is seen, and what plain Vite gives. */
  what: string
}

/** By environment. */
export type Comparison = Record<string, Difference[]>

export const lineOf = ({ kind, of, what }: Difference): string =>
  [kind, of, what].filter(Boolean).join(': ')

export function differences(plain: Observation, late: Observation): Difference[] {
  // What Vite makes of it after a reload is Vite's, and what was seen may be half of each.
  if (late.fellBack.length > 0) {
    return late.fellBack.map((what) => ({ kind: 'not added', of: '', what: withoutPlaces(what) }))
  }
  return [
    ...differencesOfEvaluation(plain, late),
    ...[plain.early, ...plain.steps].flatMap((step, index) =>
      differencesOfStep(step, [late.early, ...late.steps][index]!),
    ),
    ...differencesOfLines('identity', plain.same, late.same, 'only itself'),
    ...differencesOfLines(
      'probe',
      { probe: JSON.stringify(plain.probe) },
      { probe: JSON.stringify(late.probe) },
      'nothing',
    ),
  ]
}

function differencesOfStep(plain: Step, late: Step): Difference[] {
  const errors = differencesOfLines(
    'error',
    { [plain.id]: plain.error ?? 'no error' },
    { [plain.id]: late.error ?? 'no error' },
    '',
  )
  if (errors.length > 0) return errors
  const named = (lines: Record<string, string>) =>
    Object.fromEntries(Object.entries(lines).map(([way, line]) => [`${plain.id}, ${way}`, line]))
  return differencesOfLines('export', named(plain.exports), named(late.exports), 'missing')
}

function differencesOfLines(
  kind: Difference['kind'],
  plain: Record<string, string>,
  late: Record<string, string>,
  none: string,
): Difference[] {
  const found: Difference[] = []
  for (const of of new Set([...Object.keys(plain), ...Object.keys(late)])) {
    const [wanted, given] = [plain[of], late[of]].map((line) => withoutPlaces(line ?? none))
    if (wanted !== given) found.push({ kind, of, what: `${given}, not ${wanted}` })
  }
  return found
}

/** Where a server listens, where its cache is, and which run an output is of, differ anyway. */
const withoutPlaces = (line: string): string =>
  line
    .replaceAll(/\bhttp:\/\/[\w.]+:\d+/g, 'http://host')
    .replaceAll(/\?v=[\da-f]{8}/g, '')
    .replaceAll(/\.vite-\w+\b/g, '.vite')
    .replaceAll(/\/[^\s"'()]*\/node_modules\/(?!\.vite)/g, '')
