import type { Difference } from './equal/differences.ts'

/**
 * How what is added late may differ from what plain Vite has from the start. A difference that is
 * not here fails `corpus --equal`, and so does one that is here and does not occur.
 */
export interface KnownDifference {
  /** The entry point that it comes with, or the name of a case. */
  dependency: string
  /** Those in which it occurs. */
  environments: ('client' | 'worker')[]
  kind: Difference['kind']
  /** What is different, as it is printed, or an expression for several alike. */
  of: string | RegExp
  reason: string
}

const CHUNK =
  'An internal module that is already inside an output is imported from there: that evaluates its ' +
  'chunk, and so modules of the same package that nothing has imported yet. With the internal module ' +
  'as an entry from the start, plain Vite gives it a chunk of its own.'

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
