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

export const known: KnownDifference[] = []
