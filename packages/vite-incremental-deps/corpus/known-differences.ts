import type { Difference } from './equal/differences.ts'

/**
 * A difference between a dependency that is added late and plain Vite, with its reason. Any other
 * difference fails `corpus --equal` and the unit tests; so does an entry that does not occur.
 */
export interface KnownDifference {
  /** The entry point, or the name of the case. */
  dependency: string
  /** The environments in which it occurs. */
  environments: ('client' | 'worker')[]
  kind: Difference['kind']
  /** `Difference.of`, or an expression for several differences with one reason. */
  of: string | RegExp
  reason: string
}

const CHUNK =
  'Importing an internal module of a package evaluates the chunk it is in, and so possibly modules ' +
  'of the same package that nothing has imported yet. Plain Vite has the internal module as an entry ' +
  'from the start and gives it a chunk of its own.'

export const known: KnownDifference[] = [
  {
    dependency: 'inner-module-of-what-is-lazy',
    environments: ['client', 'worker'],
    kind: 'extra',
    of: 'lazy/lazy.js',
    reason: CHUNK,
  },
  {
    dependency: 'inner-module-of-what-is-lazy-early',
    environments: ['client', 'worker'],
    kind: 'extra',
    of: 'lazy/lazy.js',
    reason: CHUNK,
  },
]
