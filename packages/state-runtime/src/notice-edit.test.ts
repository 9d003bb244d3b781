import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStateContainer } from './container.ts'
import { share } from './shared.ts'
import type { StateContainer } from './types.ts'

let name: string
let state: StateContainer
let containers = 0
const warn = vi.spyOn(console, 'warn').mockReturnValue()

beforeEach(() => {
  name = `notice-edit.test ${containers++}`
  state = createStateContainer(name)
})

afterEach(() => {
  warn.mockClear()
})

/** Defines `key` with an initializer whose source is exactly `source`. */
const define = (source: string) =>
  state.define(
    'key',
    Object.assign(() => 0, { toString: () => source }),
  )

test('warns once for each new text, naming the key and what to do', () => {
  define('() => 1')
  define('() => 1')
  expect(warn).not.toHaveBeenCalled()
  define('() => 2')
  define('() => 2')
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    '[@holdfast/state-runtime] "key" keeps its value, but has a new initializer; restart or change { version }',
  )
  define('() => 3')
  expect(warn).toHaveBeenCalledTimes(2)
  // Back to the one that made the value, and two modules that share a key, are no news.
  define('() => 1')
  define('() => 2')
  expect(warn).toHaveBeenCalledTimes(2)
})

test('a new version is a new value and needs no warning', () => {
  state.define('key', () => 1, { version: 1 })
  state.define('key', () => 2, { version: 2 })
  expect(warn).not.toHaveBeenCalled()
  state.define('key', () => 3, { version: 2 })
  expect(warn).toHaveBeenCalledOnce()
})

test('a set between the definitions changes nothing', () => {
  define('() => 1')
  state.set('key', 'set')
  define('() => 1')
  expect(warn).not.toHaveBeenCalled()
  state.set('key', 'set again')
  define('() => 2')
  expect(warn).toHaveBeenCalledOnce()
})

test('a value that was set, or deleted, was not made by an older initializer', () => {
  state.set('key', 1)
  state.define('key', () => 2)
  state.delete('key')
  state.define('key', () => 3)
  expect(warn).not.toHaveBeenCalled()
})

test.each([
  ['formatting', '() => new Map()', '() =>\n  new Map()'],
  ['comments', '() => {\n  // one\n  f() /* two */\n}', '() => {\n  f() // https://three\n}'],
  [
    'server import names',
    '() => (0,__vite_ssr_import_0__.create)(__vite_ssr_import_1__.a)',
    '() => (0,__vite_ssr_import_11__.create)(__vite_ssr_import_12__.a)',
  ],
  [
    'a copy without import names',
    '() => create(new AsyncLocalStorage())',
    '() => (0,__vite_ssr_import_0__.create)(new __vite_ssr_import_1__.AsyncLocalStorage())',
  ],
  [
    'browser import names',
    '() => __vite__cjsImport0_react["createContext"]()',
    '() => __vite__cjsImport12_react["createContext"]()',
  ],
  ['bundler suffixes', '() => new Registry()', '() => new Registry$1()'],
  ['timestamps', '() => import("/a.ts")', '() => import("/a.ts?t=1730000000000")'],
  ['hashes', '() => import("/a.js?v=0a1b2c3d")', '() => import("/a.js?v=4e5f6a7b")'],
  ['all queries', '() => import("/a.vue?import")', '() => import("/a.vue?t=17300&import")'],
])('overlooks %s', (_, one, two) => {
  define(one)
  define(two)
  expect(warn).not.toHaveBeenCalled()
})

test.each([
  ['() => connect("https://a.example")', '() => connect("https://b.example")'],
  ['() => 1', '() => 2'],
  ['() => "v1"', '() => "v2"'],
  ['() => import("/a.ts")', '() => import("/b.ts")'],
  ['() => __vite_ssr_import_0__.a', '() => __vite_ssr_import_0__.b'],
])('notices %s → %s', (one, two) => {
  define(one)
  define(two)
  expect(warn).toHaveBeenCalledOnce()
})

test('is silent in production', () => {
  vi.stubEnv('NODE_ENV', 'production')
  state.define('key', () => 1)
  state.define('key', () => 2)
  vi.unstubAllEnvs()
  expect(warn).not.toHaveBeenCalled()
  expect(share(name).entries.get('key')).not.toHaveProperty('defines')
})

const entry = () => share(name).entries.get('key')

test('keeps account of definitions, per value', () => {
  vi.useFakeTimers({ now: 1000 })
  state.set('key', 'set')
  expect(entry()).not.toHaveProperty('defines')
  define('() => 1')
  vi.setSystemTime(2000)
  define('() => 1')
  state.set('key', 'set again')
  expect(entry()).toMatchObject({ defines: 2, since: 1000 })
  state.define('key', () => 2, { version: 2 })
  expect(entry()).toMatchObject({ defines: 1, since: 2000 })
  vi.useRealTimers()
})
