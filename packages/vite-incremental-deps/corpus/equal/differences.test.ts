import { expect, test } from 'vitest'
import { differences, lineOf } from './differences.ts'
import type { Observation, Step } from './observation.ts'

const step = (id: string, more: Partial<Step> = {}): Step => ({
  id,
  evaluated: [],
  touched: [],
  exports: {},
  ...more,
})

const seen = (steps: Step[], more: Partial<Observation> = {}): Observation => ({
  early: step('early', { evaluated: ['early'] }),
  steps,
  same: {},
  fellBack: [],
  ...more,
})

const linesOf = (...observations: Parameters<typeof differences>): string[] =>
  differences(...observations).map(lineOf)

const evaluating = (...evaluated: string[]): Observation => seen([step('a', { evaluated })])

test('what is the same has no differences', () => {
  const same = seen([step('a', { evaluated: ['b', 'c'], exports: { '*.d': 'number 1' } })])
  expect(linesOf(same, structuredClone(same))).toEqual([])
})

test.each([
  ['is missing', ['b', 'c'], ['c'], ['missing: b: not with a']],
  ['is there as well', ['c'], ['b', 'c'], ['extra: b: with a']],
  ['runs twice', ['b', 'c'], ['b', 'c', 'b'], ['twice: b: 2 times, not 1']],
  ['has moved', ['b', 'c', 'd'], ['d', 'b', 'c'], ['order: d: with a after nothing, not after c']],
])('a module that %s', (_what, plain, late, lines) => {
  expect(linesOf(evaluating(...plain), evaluating(...late))).toEqual(lines)
})

test('a module that another import evaluates', () => {
  const [before, after] = [step('a', { evaluated: ['b'] }), step('c', { evaluated: ['d'] })]
  const [all, none] = [step('a', { evaluated: ['b', 'd'] }), step('c')]
  expect(linesOf(seen([before, after]), seen([all, none]))).toEqual([
    'earlier: d: with a, not with c',
  ])
  expect(linesOf(seen([all, none]), seen([before, after]))).toEqual([
    'later: d: with c, not with a',
  ])
})

test('where plain Vite is out of order itself, either order will do', () => {
  const plain = evaluating('c', 'a', 'b', 'd')
  const strict = evaluating('a', 'b', 'c', 'd')
  expect(linesOf(plain, strict, strict)).toEqual([])
  expect(linesOf(plain, evaluating('a', 'c', 'b', 'd'), strict)).toEqual([])
  expect(linesOf(plain, evaluating('b', 'c', 'a', 'd'), strict)).toEqual([
    'order: b: with a after nothing, not after a',
  ])
})

test('where plain Vite is early itself, it may be late', () => {
  const plain = seen([step('a', { evaluated: ['b', 'd'] }), step('c')])
  const strict = seen([step('a', { evaluated: ['b'] }), step('c', { evaluated: ['d'] })])
  expect(linesOf(plain, strict, strict)).toEqual([])
})

test('a module that is evaluated when exports are read', () => {
  expect(linesOf(seen([step('a', { touched: ['b'] })]), evaluating('b'))).toEqual([
    'earlier: b: with a, not with a, touched',
  ])
})

const exporting = (exports: Record<string, string>): Observation => seen([step('a', { exports })])

test('an export', () => {
  expect(linesOf(exporting({ x: '1', y: '2' }), exporting({ x: '3', z: '4' }))).toEqual([
    'export: a, x: 3, not 1',
    'export: a, y: missing, not 2',
    'export: a, z: 4, not missing',
  ])
})

test('where a server listens and keeps its files is the same', () => {
  const plain = 'http://127.0.0.1:1/node_modules/.vite-plain/deps/a.js?v=01234567'
  const late = 'http://127.0.0.1:2/node_modules/.vite-late/deps/a.js?v=89abcdef'
  expect(linesOf(exporting({ plain }), exporting({ plain: late }))).toEqual([])
})

test('an error, instead of what goes with it', () => {
  const failed = seen([step('a', { evaluated: ['b'], error: 'no b' })])
  const done = seen([step('a', { evaluated: ['b'], exports: { x: '1' } })])
  expect(linesOf(done, failed)).toEqual(['error: a: no b, not no error'])
})

test('what names are of one object', () => {
  expect(linesOf(seen([], { same: { 'a.x': 'b.x' } }), seen([]))).toEqual([
    'identity: a.x: only itself, not b.x',
  ])
})

test('what was left to Vite is not compared', () => {
  const late = seen([step('a', { evaluated: ['c'] })], { fellBack: ['it is odd'] })
  expect(linesOf(evaluating('b'), late)).toEqual(['not added: it is odd'])
})
