import { PACKAGE_NAME } from './constants.ts'
import type { Dependency, Entry } from './timeline.ts'

/** So many dependencies of one entry are named. */
const LIMIT = 8

/** The one line about an entry that is settled. */
export function describeEntry(entry: Readonly<Entry>): string {
  const { dependencies, duration, environment, outcome } = entry
  const inTime = `in ${Math.round(duration)} ms`
  const added = dependencies.map(({ id, importers }) => `${id}${by(importers)}`)
  switch (outcome) {
    case 'added': {
      // The time belongs to all, and the importer to each.
      const [first] = dependencies
      const what =
        dependencies.length === 1
          ? `+ ${first!.id} ${inTime}${by(first!.importers)}`
          : `+ ${list(added)} ${inTime}`
      return line(`${environment} ${what}`, 'no reload')
    }
    case 'failed': {
      const what = `${environment} could not bundle ${list(dependencies.map(withReason))}`
      return line(what, describeRequests(entry))
    }
    default: {
      const what = `${environment} re-optimized ${inTime}: + ${list(dependencies.map(withReason))}`
      const isReloaded = outcome === 'reloaded'
      return line(
        what,
        isReloaded ? 'reloaded' : 'no reload',
        describeRequests(entry),
        isReloaded && describeState(entry),
      )
    }
  }
}

function line(what: string, ...parts: (string | false | undefined)[]): string {
  return [`[${PACKAGE_NAME}] ${what}`, ...parts.filter(Boolean)].join(' · ')
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
