import { expect, test } from 'vitest'
import {
  commonJs,
  createProject,
  expectAdded,
  pkg,
  RELOADING,
  serveEarly,
  subpaths,
} from './project.ts'
import type { Server } from './project.ts'

const shared = `export const shared = {}; export const create = () => ({})`

/** `early` is optimized first; all others are there to be late. */
const files = {
  ...pkg(
    'early',
    {
      'index.js': `export { shared } from './shared.js'; export { state } from 'singleton'; import cjs from 'cjs'; export { cjs }`,
      'other.js': `export { shared } from './shared.js'`,
      'shared.js': shared,
    },
    subpaths,
  ),
  ...pkg('singleton', {
    'index.js': `export const state = {}; export default state; export let live = 1; export const add = () => live++`,
  }),
  ...pkg(
    'cjs',
    { 'index.js': `exports.state = {}; exports.useState = () => exports.state` },
    commonJs,
  ),
  ...pkg('esm-late', {
    'index.js': `
    import def, { state, useState } from 'cjs'
    import * as all from 'cjs'
    export { state } from 'singleton'
    export const cjs = { def, state, useState, all }`,
  }),
  ...pkg(
    'cjs-late',
    {
      'index.js': `
    const cjs = require('cjs')
    const singleton = require('singleton')
    module.exports = { cjs, singleton }`,
    },
    commonJs,
  ),
  ...pkg('star', { 'index.js': `export * from 'singleton'; export * from 'cycle-a'` }),
  ...pkg('cycle-a', {
    'index.js': `import { b } from 'cycle-b'; export const a = () => b; export const self = {}`,
  }),
  ...pkg('cycle-b', {
    'index.js': `import { a } from 'cycle-a'; export const b = { a: () => a() }`,
  }),
  ...pkg(
    'ring',
    {
      'index.js': `exports.name = 'ring'; exports.other = require('./other.js')`,
      'other.js': `const ring = require('./index.js'); exports.ring = ring; exports.name = () => ring.name`,
    },
    commonJs,
  ),
  ...pkg('ring-user', {
    'index.js': `import ring from 'ring'; import other from 'ring/other.js'; export default { ring, other }`,
  }),
  ...pkg('data', {
    'index.js': `import data, { version } from './data.json'; export { data, version }`,
    'data.json': `{ "version": 7, "deep": {} }`,
  }),
  ...pkg('data-user', { 'index.js': `exports.data = require('data/data.json')` }, commonJs),
  ...pkg('builtin', {
    'index.js': `import { AsyncLocalStorage } from 'node:async_hooks'; import path from 'path'; export { AsyncLocalStorage, path }`,
  }),
  ...pkg('versions', { 'index.js': `export { version } from 'versioned'` }),
  ...pkg('versioned', { 'index.js': `export const version = { major: 2 }` }),
  ...pkg('versions/node_modules/versioned', { 'index.js': `export const version = { major: 1 }` }),
  ...pkg('lazy', {
    'index.js': `export const load = () => import('singleton'); export const loadCjs = () => import('cjs')`,
  }),
}

async function serve(early?: string[]): Promise<AsyncDisposable & { server: Server }> {
  const project = await createProject(files)
  return Object.assign(project, { server: await serveEarly(project, early) })
}

const twoSubpaths = `
  import { shared as a } from 'early'
  import { shared as b } from 'early/other'
  export default a === b`

test('control: without the plugin, a dependency that shares internals reloads', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ plugin: false })
  const reloading = server.log.next(RELOADING)
  await Promise.allSettled([server.run(twoSubpaths)])
  await reloading
})

test('a dependency that shares internals with a served one', async () => {
  await using project = await serve()
  expect((await project.server.run(twoSubpaths)).default).toBe(true)
  expectAdded(project.server, 'early/other')
})

test('an ESM singleton, by packages and by the app', async () => {
  await using project = await serve()
  const { default: states } = await project.server.run(`
    import { state as first } from 'early'
    import { state as second } from 'esm-late'
    import singleton, { state as third } from 'singleton'
    export default [first, second, third, singleton]`)
  expect(new Set(states).size).toBe(1)
  expectAdded(project.server, 'esm-late', 'singleton')
})

test('a CommonJS singleton, imported in each way and required', async () => {
  await using project = await serve()
  const { default: it } = await project.server.run(`
    import { cjs as served } from 'early'
    import { cjs } from 'esm-late'
    import required from 'cjs-late'
    import app, { state } from 'cjs'
    export default { served, cjs, required, app, state }`)
  for (const one of [it.cjs.def, it.cjs.all.default, it.required.cjs, it.app]) {
    expect(one).toBe(it.served)
  }
  expect(it.cjs.state).toBe(it.served.state)
  expect(it.cjs.all.state).toBe(it.served.state)
  expect(it.cjs.useState()).toBe(it.state)
  expectAdded(project.server, 'esm-late', 'cjs-late', 'cjs')
})

test('an ESM singleton, required', async () => {
  await using project = await serve()
  const { default: it } = await project.server.run(`
    import required from 'cjs-late'
    import * as imported from 'singleton'
    imported.add()
    export default { required: required.singleton, imported }`)
  expect(it.required.state).toBe(it.imported.state)
  expect(it.required.default).toBe(it.imported.state)
  expect(it.required).toHaveProperty('__esModule', true)
  expect(it.required.live).toBe(2)
  expectAdded(project.server, 'cjs-late', 'singleton')
})

test.each([
  ['the importing package first', ['versions', 'star', 'cycle-a']],
  ['the imported package first', ['cycle-b', 'cycle-a', 'star', 'versions']],
])('late packages that import each other: %s', async (_order, ids) => {
  await using project = await serve()
  for (const id of ids) await project.server.run(`import ${JSON.stringify(id)}`)
  const { default: it } = await project.server.run(`
    import { state } from 'early'
    import * as star from 'star'
    import { self, a } from 'cycle-a'
    import { b } from 'cycle-b'
    export default { state, star, self, a, b }`)
  expect(it.star.state).toBe(it.state)
  expect(it.star.self).toBe(it.self)
  expect(it.a()).toBe(it.b)
  expect(it.b.a()).toBe(it.b)
  expect('default' in it.star).toBe(false)
  expectAdded(project.server, ...new Set([...ids, 'cycle-b']))
})

test('a cycle inside a CommonJS package', async () => {
  await using project = await serve()
  await project.server.run(`import 'ring/other.js'`)
  const { default: it } = await project.server.run(`
    import user from 'ring-user'
    import ring from 'ring'
    import other from 'ring/other.js'
    export default { user, ring, other }`)
  expect(it.user.ring).toBe(it.ring)
  expect(it.user.other).toBe(it.other)
  expect(it.ring.other).toBe(it.other)
  expect(it.other.ring).toBe(it.ring)
  expect(it.other.name()).toBe('ring')
  expectAdded(project.server, 'ring', 'ring/other.js', 'ring-user')
})

test('the same cycle, inside a package of the first run', async () => {
  await using project = await serve(['early', 'ring'])
  const { default: it } = await project.server.run(`
    import ring from 'ring'
    import user from 'ring-user'
    import other from 'ring/other.js'
    export default { user, ring, other }`)
  expect(it.user.ring).toBe(it.ring)
  expect(it.user.other).toBe(it.other)
  expect(it.ring.other).toBe(it.other)
  expect(it.other.ring).toBe(it.ring)
  expectAdded(project.server, 'ring/other.js', 'ring-user')
})

test('JSON, imported and required', async () => {
  await using project = await serve()
  const { default: it } = await project.server.run(`
    import { data, version } from 'data'
    import user from 'data-user'
    export default { data, version, required: user.data }`)
  expect(it.version).toBe(7)
  expect(it.data).toEqual({ version: 7, deep: {} })
  expect(it.required).toEqual(it.data)
  expect(it.required.deep).toBe(it.data.deep)
  expectAdded(project.server, 'data', 'data-user')
})

test('Node built-ins in a server environment', async () => {
  await using project = await serve()
  const { AsyncLocalStorage, path } = await project.server.run(`export * from 'builtin'`)
  expect(AsyncLocalStorage).toBe((await import('node:async_hooks')).AsyncLocalStorage)
  expect(path.sep).toBe((await import('node:path')).sep)
  expectAdded(project.server, 'builtin')
})

test('two versions of one package', async () => {
  await using project = await serve()
  const { default: it } = await project.server.run(`
    import { version as inner } from 'versions'
    import { version as outer } from 'versioned'
    export default [inner.major, outer.major]`)
  expect(it).toEqual([1, 2])
  expectAdded(project.server, 'versions', 'versioned')
})

test('dynamic imports of what is served', async () => {
  await using project = await serve()
  const { default: it } = await project.server.run(`
    import { state, cjs } from 'early'
    import { load, loadCjs } from 'lazy'
    export default { state, cjs, late: await load(), lateCjs: await loadCjs() }`)
  expect(it.late.state).toBe(it.state)
  expect(it.lateCjs.default).toBe(it.cjs)
  expectAdded(project.server, 'lazy')
})

test('the same dependency asked for by several importers at once, and several at once', async () => {
  await using project = await serve()
  const { server } = project
  const codes = ['esm-late', 'cjs-late', 'esm-late', 'star', 'esm-late'].map(
    (id) => `export * as it from ${JSON.stringify(id)}; export { state } from 'early'`,
  )
  const [one, two, three, four, five] = await Promise.all(codes.map((code) => server.run(code)))
  expect(one.it.cjs.def).toBe(three.it.cjs.def)
  expect(one.it.cjs).toBe(five.it.cjs)
  expect(two.it.default.singleton.state).toBe(four.it.state)
  expectAdded(server, 'esm-late', 'cjs-late', 'star')
})

test('a second id of one file is another name for it', async () => {
  await using project = await serve()
  const { default: it } = await project.server.run(`
    import first from 'cjs'
    import second from 'cjs/index.js'
    import { state as third } from 'singleton'
    import * as fourth from 'singleton/index.js'
    export default { first, second, third, fourth }`)
  expect(it.first).toBe(it.second)
  expect(it.third).toBe(it.fourth.state)
  expect(it.fourth.default).toBe(it.third)
  expectAdded(project.server, 'cjs', 'cjs/index.js', 'singleton', 'singleton/index.js')
})

test('two ids of one new file, at once', async () => {
  await using project = await serve()
  await project.server.discover(['ring', 'ring/index.js', 'cycle-a', 'cycle-a/index.js'])
  const { default: it } = await project.server.run(`
    import first from 'ring'
    import second from 'ring/index.js'
    import * as third from 'cycle-a'
    import * as fourth from 'cycle-a/index.js'
    export default { first, second, third, fourth }`)
  expect(it.first).toBe(it.second)
  expect(it.third.self).toBe(it.fourth.self)
  expectAdded(project.server, 'ring', 'ring/index.js', 'cycle-a', 'cycle-a/index.js')
})

test('late packages that import each other, at once', async () => {
  await using project = await serve()
  await project.server.discover(['star', 'cycle-a', 'cycle-b', 'ring-user', 'ring'])
  const { default: it } = await project.server.run(`
    import * as star from 'star'
    import { self, a } from 'cycle-a'
    import { b } from 'cycle-b'
    import user from 'ring-user'
    import ring from 'ring'
    export default { star, self, a, b, user, ring }`)
  expect(it.star.self).toBe(it.self)
  expect(it.a()).toBe(it.b)
  expect(it.user.ring).toBe(it.ring)
  expectAdded(project.server, 'star', 'cycle-a', 'cycle-b', 'ring-user', 'ring')
})

test('styles are imported from the package, as Vite serves them', async () => {
  await using project = await createProject({
    ...files,
    ...pkg('styled-early', {
      'index.js': `import './style.css'; export { state } from 'singleton'`,
      'style.css': 'b { color: red }',
    }),
    ...pkg('styled', {
      'index.js': `import './style.css'; export { state } from 'singleton'`,
      'style.css': 'p { color: red }',
    }),
  })
  const server = await serveEarly(project, ['early', 'styled-early'])
  const { a, b } = await server.run(`
    export { state as a } from 'styled-early'
    export { state as b } from 'styled'`)
  expect(a).toBe(b)
  const style = project.file('node_modules/styled/style.css')
  expect(server.ssr.moduleGraph.getModulesByFile(style)?.size).toBe(1)
  expectAdded(server, 'styled')
})
