import { expect, test } from 'vitest'
import type { KnownDifference } from '../known-differences.ts'
import type { Difference } from './differences.ts'
import { Judge } from './judge.ts'
import type { Unit } from './units.ts'

const unit = (...ids: string[]): Unit => ({ name: ids.join(' + '), early: [], ids })
const extra = (of: string): Difference => ({ kind: 'extra', of, what: 'with a' })

const listed = (more: Partial<KnownDifference> = {}): KnownDifference => ({
  dependency: 'a',
  environments: ['worker'],
  kind: 'extra',
  of: 'a/b.js',
  reason: 'for the test',
  ...more,
})

test('what is listed is not reported', () => {
  const judge = new Judge([listed()])
  const comparison = { worker: [extra('a/b.js')] }
  expect(judge.unlisted(unit('a'), comparison)).toEqual({ worker: [] })
  expect(judge.outdated).toEqual([])
})

test.each([
  ['dependency', { dependency: 'b' }],
  ['environment', { environments: ['client' as const] }],
  ['kind', { kind: 'missing' as const }],
  ['module', { of: 'a/c.js' }],
  ['expression', { of: /^b/ }],
])('what is listed for another %s is reported', (_what, more) => {
  const comparison = { worker: [extra('a/b.js')] }
  expect(new Judge([listed(more)]).unlisted(unit('a'), comparison)).toEqual(comparison)
})

test('an expression stands for several', () => {
  const comparison = { worker: [extra('a/b.js'), extra('a/c.js')] }
  expect(new Judge([listed({ of: /^a\// })]).unlisted(unit('a'), comparison)).toEqual({
    worker: [],
  })
})

test('what is listed and occurs in no unit that has the dependency is outdated', () => {
  const judge = new Judge([listed(), listed({ of: 'a/c.js' }), listed({ dependency: 'd' })])
  judge.unlisted(unit('a', 'b'), { worker: [], client: [] })
  judge.unlisted(unit('b', 'a'), { worker: [extra('a/c.js')], client: [] })
  expect(judge.outdated).toEqual(['a, worker: extra: a/b.js'])
})
