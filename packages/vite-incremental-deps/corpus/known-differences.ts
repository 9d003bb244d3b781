import type { Difference } from './equal/differences.ts'
import { rows } from './known-in-packages.ts'

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

const APART =
  'Packages are in chunks of their own, and what a chunk imports is evaluated before it. So modules ' +
  'of a package come after those of the packages that they import later. Plain Vite does the same ' +
  'where the other package is an entry as well.'

const UNUSED =
  'Exports that nothing uses are kept, as something late may use them, and what computes them with ' +
  'them. Plain Vite drops them.'

const NOT_YET =
  'What nothing asks for yet is not bundled yet. Plain Vite has all members of the package in one ' +
  'chunk, as something late asks for them.'

const reasons = { order: APART, extra: UNUSED, later: NOT_YET }

export const known: KnownDifference[] = [
  ...rows.map(([dependency, kind, environments, packages]): KnownDifference => ({
    dependency,
    environments,
    kind,
    of: new RegExp(`^(?:${packages.join('|')})@`),
    reason: reasons[kind],
  })),
  ...['order-of-imports', 'order-of-imports-early'].map((dependency): KnownDifference => ({
    dependency,
    environments: ['client', 'worker'],
    kind: 'order',
    of: /^(?:user\/first|dep-b\/index)\.js$/,
    reason: APART,
  })),
  ...['names-that-collide', 'stars-that-collide'].map((dependency): KnownDifference => ({
    dependency,
    environments: ['client', 'worker'],
    kind: 'order',
    of: 'other/index.js',
    reason: APART,
  })),
  {
    dependency: 'imports-field',
    environments: ['client', 'worker'],
    kind: 'order',
    of: 'fallback/index.js',
    reason: APART,
  },
  {
    dependency: 'language-index-js',
    environments: ['client', 'worker'],
    kind: 'extra',
    of: 'jsx/index.js',
    reason: `${APART} Here what is imported later fails, in plain Vite as well.`,
  },
  ...['side-effects-false-constant', 'side-effects-false-constant-early'].map(
    (dependency): KnownDifference => ({
      dependency,
      environments: ['client', 'worker'],
      kind: 'extra',
      of: 'constant/none.js',
      reason: UNUSED,
    }),
  ),
  {
    dependency: 'pure-annotations',
    environments: ['client', 'worker'],
    kind: 'probe',
    of: 'probe',
    reason: UNUSED,
  },
  {
    dependency: 'side-effects-false-user-then-all',
    environments: ['client', 'worker'],
    kind: 'later',
    of: 'harmless/y.js',
    reason: NOT_YET,
  },
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
