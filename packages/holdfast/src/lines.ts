import { PACKAGE_NAME } from './constants.ts'
import type { Dependency, Entry } from './timeline.ts'

/** So many dependencies of one entry are named. */
const LIMIT = 8

/** The one line about an entry that is settled. */
export function describeEntry(entry: Readonly<Entry>): string {
  const { dependencies, duration, environment, outcome } = entry
  const inTime = `in ${Math.round(duration)} ms`
  if (outcome === 'added') {
    const added = dependencies.map(({ id, importers }) => [id, by(importers)])
    // The time belongs to all, and the importer to each.
    const what =
      added.length === 1
        ? added[0]!.join(` ${inTime}`)
        : `${list(added.map((one) => one.join('')))} ${inTime}`
    return line(`${environment} + ${what}`, 'no reload')
  }
  const what = list(dependencies.map(withReason))
  if (outcome === 'failed') {
    return line(`${environment} could not bundle ${what}`, describeRequests(entry))
  }
  return line(
    `${environment} re-optimized ${inTime}: + ${what}`,
    outcome === 'reloaded' ? 'reloaded' : 'no reload',
    describeRequests(entry),
    outcome === 'reloaded' && describeState(entry),
  )
}

function line(what: string, ...parts: (string | false | undefined)[]): string {
  // A file's name may hold anything, also what a terminal obeys.
  return [`[${PACKAGE_NAME}] ${what}`, ...parts.filter(Boolean)]
    .join(' · ')
    .replaceAll(/\p{Cc}/gu, '?')
}

function list(names: string[]): string {
  const rest = names.length - LIMIT
  const shown = names.slice(0, LIMIT).join(', ')
  return rest > 0 ? `${shown} and ${rest} more` : shown
}

const by = ([importer]: string[]): string => (importer === undefined ? '' : ` ← ${importer}`)

function withReason({ id, importers, reason }: Dependency): string {
  // A bundler's error has many lines, and Vite shows it.
  const why = reason === undefined ? '' : ` (${reason.split('\n', 1)[0]})`
  return `${id}${by(importers)}${why}`
}

function describeRequests({ requests }: Readonly<Entry>): string | undefined {
  const { failed, held, longest, replayed } = requests
  if (held === 0 && replayed === 0 && failed === 0) return undefined
  return [
    `${count(held, 'request')} held${held > 0 ? ` (longest ${Math.round(longest)} ms)` : ''}`,
    ...(replayed > 0 ? [`${replayed} replayed`] : []),
    `${failed} failed`,
  ].join(', ')
}

function describeState({ stateKeys }: Readonly<Entry>): string | undefined {
  return stateKeys === undefined ? undefined : `state kept (${count(stateKeys, 'key')})`
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`
