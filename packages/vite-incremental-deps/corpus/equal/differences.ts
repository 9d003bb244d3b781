import { stripVTControlCharacters } from 'node:util'
import { differencesOfEvaluation } from './evaluation.ts'
import type { Observation, Step } from './observation.ts'

/** A way in which a dependency that was added late is not as in plain Vite. */
export interface Difference {
  kind:
    /** The plugin left the dependency to Vite. */
    | 'not added'
    /** A module that only plain Vite evaluates. */
    | 'missing'
    /** A module that plain Vite does not evaluate. */
    | 'extra'
    /** A module that another import evaluates than in plain Vite. */
    | 'earlier'
    | 'later'
    /** A module that the same import evaluates, but after others. */
    | 'order'
    | 'twice'
    /** The name, kind or value of an export or of its properties. */
    | 'export'
    /** Two names of one object. */
    | 'identity'
    /** The message with which an import fails. */
    | 'error'
    /** The value of a case's own probe. */
    | 'probe'
  /** The module, or the path to the export. */
  of: string
  /** The late result and plain Vite's. */
  what: string
}

/** By environment. */
export type Comparison = Record<string, Difference[]>

export const lineOf = ({ kind, of, what }: Difference): string =>
  [kind, of, what].filter(Boolean).join(': ')

/** Whether differences can come from plain Vite's own chunks (`differencesOfEvaluation`). */
export const areOfOrder = (found: Difference[]): boolean =>
  found.some(({ kind }) => ['earlier', 'later', 'order'].includes(kind))

/** @param strict - as in `differencesOfEvaluation`. */
export function differences(
  plain: Observation,
  late: Observation,
  strict?: Observation,
): Difference[] {
  // Vite has reloaded: the observation mixes modules from before and after that.
  if (late.fellBack.length > 0) {
    return late.fellBack.map((what) => ({ kind: 'not added', of: '', what: gist(what) }))
  }
  return [
    ...differencesOfEvaluation(plain, late, strict),
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

/** Which output an error is found in is of the bundler. */
const messageOf = ({ error = 'no error' }: Step): string =>
  error.replace(/ imported from '[^']*'/, '')

function differencesOfStep(plain: Step, late: Step): Difference[] {
  const errors = differencesOfLines(
    'error',
    { [plain.id]: messageOf(plain) },
    { [plain.id]: messageOf(late) },
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

/** Rolldown's errors have several lines, and colours. */
const gist = (reason: string): string =>
  withoutPlaces(stripVTControlCharacters(reason)).replaceAll(/\s+/g, ' ').slice(0, 160)

/** Ports, cache directories, `?v=` and the project's path differ between any two servers. */
const withoutPlaces = (line: string): string =>
  line
    .replaceAll(/\bhttp:\/\/[\w.]+:\d+/g, 'http://host')
    .replaceAll(/\?v=[\da-f]{8}/g, '')
    .replaceAll(/\.vite-\w+\b/g, '.vite')
    .replaceAll(/\/[^\s"'()]*\/node_modules\/(?!\.vite)/g, '')
