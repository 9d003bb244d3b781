import { expect, test } from 'vitest'
import { commonJs, createProject, expectAdded, pkg, serveEarly, subpaths } from './project.ts'

test('bindings of a module inside an output stay live', async () => {
  await using project = await createProject(
    pkg(
      'early',
      {
        'index.js': `export { state } from './state.js'`,
        'counter.js': `export { count, add } from './state.js'`,
        'add.js': `import { add } from './state.js'; export default add`,
        'state.js': `export const state = {}; export let count = 1; export const add = () => count++`,
      },
      subpaths,
    ),
  )
  const server = await serveEarly(project)
  const { default: add } = await server.run(`export { default } from 'early/add'`)
  const counter = await server.run(`export * from 'early/counter'`)
  add()
  expect(counter.count).toBe(2)
  expectAdded(server, 'early/add', 'early/counter')
})

test('each kind of export of a module inside an output', async () => {
  await using project = await createProject({
    ...pkg(
      'early',
      {
        'index.js': `export * as all from './all.js'`,
        'late.js': `import * as all from './all.js'; import standard, { data } from './all.js'
          export { all, standard, data }`,
        'required.js': `import user from './user.cjs'; export const { required } = user`,
        'user.cjs': `exports.required = require('./all.js')`,
        'all.js': `
          import data from './data.json'
          export default class Standard {}
          export { data }
          export { 'quoted name' } from './own.js'
          export * from './own.js'
          export * from './common.cjs'
          export { common as renamed } from './common.cjs'
          export * from 'star'
          export { sep } from 'node:path'
          export * as fs from 'node:fs'`,
        'own.js': `export const own = {}; export { own as 'quoted name' }`,
        'data.json': `{ "deep": {} }`,
        'common.cjs': `exports.common = {}`,
      },
      { exports: { '.': './index.js', './*': './*.js' } },
    ),
    ...pkg('star', { 'index.js': `export const star = {}` }),
  })
  const server = await serveEarly(project)
  const { all: early } = await server.run(`export { all } from 'early'`)
  const late = await server.run(`export * from 'early/late'`)
  const { required } = await server.run(`export { required } from 'early/required'`)
  const names = ['common', 'data', 'default', 'fs', 'own', 'quoted name', 'renamed', 'sep', 'star']
  for (const other of [late.all, required]) {
    expect(Object.keys(other).toSorted()).toEqual(names)
    for (const name of names) expect(other[name], name).toBe(early[name])
  }
  expect(late.standard).toBe(early.default)
  expect(late.data).toBe(early.data)
  expectAdded(server, 'early/late', 'early/required')
})

test('ES modules that CommonJS requires, evaluated only when it does', async () => {
  await using project = await createProject({
    ...pkg('early', { 'index.js': `exports.load = () => require('inner')` }, commonJs),
    ...pkg(
      'inner',
      {
        'index.js': `import { state } from './state.js'; import { pure } from './pure.js'
          export const early = { state, pure }`,
        'late.js': `import { state } from './state.js'; import { pure } from './pure.js'
          export const late = { state, pure }`,
        'state.js': `export const state = { at: globalThis.internalsClock++ }`,
        // The bundler has nothing to call for this one.
        'pure.js': `export function pure() {}`,
      },
      subpaths,
    ),
  })
  Object.assign(globalThis, { internalsClock: 1 })
  const server = await serveEarly(project)
  expect(globalThis).toHaveProperty('internalsClock', 1)
  const { late } = await server.run(`export { late } from 'inner/late'`)
  expect(late.state.at).toBe(1)
  const { default: early } = await server.run(`export { default } from 'early'`)
  expect(early.load().early).toEqual(late)
  expect(early.load().early.state).toBe(late.state)
  expect(early.load().early.pure).toBe(late.pure)
  expectAdded(server, 'inner/late')
})

const record = (name: string): string => `globalThis.internalsOrder.push('${name}');`

test('a late dependency evaluates what it requires, when it does, and nothing else', async () => {
  await using project = await createProject({
    ...pkg('early', { 'index.js': '' }),
    ...pkg(
      'package',
      {
        'index.js': `${record('index')} exports.inner = require('./inner.js')`,
        'inner.js': record('inner'),
        'late.js': `${record('late')} require('./inner.js')`,
      },
      commonJs,
    ),
    ...pkg('single', { 'index.js': `${record('single')} exports.single = {}` }, commonJs),
    ...pkg('ordered', {
      'index.js': `import './first.js'; export { single } from 'single'`,
      'first.js': record('first'),
    }),
    ...pkg(
      'broken',
      { 'index.js': `exports.name = 'broken'; throw new Error('no native binding')` },
      commonJs,
    ),
    ...pkg(
      'guarded',
      {
        'index.js': `try { require('broken') } catch { ${record('caught')} }`,
      },
      commonJs,
    ),
  })
  const optimizeDeps = { include: ['package', 'single', 'broken'] }
  const server = await serveEarly(project, ['early'], { environments: { ssr: { optimizeDeps } } })
  const order = async (code: string): Promise<string[]> => {
    Object.assign(globalThis, { internalsOrder: [] })
    await server.run(code)
    return Reflect.get(globalThis, 'internalsOrder')
  }
  expect(await order(`import 'package/late.js'`)).toEqual(['late', 'inner'])
  expect(await order(`import 'ordered'`)).toEqual(['first', 'single'])
  expect(await order(`import 'guarded'`)).toEqual(['caught'])
  expectAdded(server, 'package/late.js', 'ordered', 'guarded')
})

test('CommonJS that is required, evaluated only when it is, as without the plugin', async () => {
  await using project = await createProject({
    ...pkg('early', { 'index.js': `exports.load = () => require('lazy')` }, commonJs),
    ...pkg('lazy', { 'index.js': `exports.at = globalThis.internalsClock++` }, commonJs),
  })
  for (const plugin of [true, false]) {
    const server = await project.serve({ early: ['early', 'lazy'], plugin })
    await server.reload()
    Object.assign(globalThis, { internalsClock: 1 })
    const { default: early } = await server.run(`export { default } from 'early'`)
    expect(globalThis).toHaveProperty('internalsClock', 1)
    expect(early.load().at).toBe(1)
    await server.close()
  }
})

test('an ES module that is required by one that is half CommonJS', async () => {
  await using project = await createProject(
    pkg(
      'early',
      {
        'index.js': `export { own } from './own.js'; export const load = () => require('./state.js')`,
        'own.js': `export const own = 1`,
        'late.js': `export { state } from './state.js'`,
        'state.js': `export const state = {}`,
      },
      subpaths,
    ),
  )
  const server = await serveEarly(project)
  const { state } = await server.run(`export { state } from 'early/late'`)
  const { load } = await server.run(`export { load } from 'early'`)
  expect(load().state).toBe(state)
  expectAdded(server, 'early/late')
})

test('a module that re-exports more than is inside the outputs', async () => {
  await using project = await createProject(
    pkg(
      'early',
      {
        'index.js': `export { used, own } from './barrel.js'`,
        'late.js': `export { used, unused, other, all, own } from './barrel.js'`,
        'later.js': `export { unused } from './unused.js'`,
        'barrel.js': `import { unused as imported } from './unused.js'
          export { used } from './used.js'; export { unused } from './unused.js'
          export { imported as other }; export * as all from './unused.js'; export const own = {}`,
        'used.js': `export const used = {}`,
        'unused.js': `export const unused = {}`,
      },
      { ...subpaths, sideEffects: false },
    ),
  )
  const server = await serveEarly(project)
  const late = await server.run(`export * from 'early/late'`)
  const { used } = await server.run(`export { used } from 'early'`)
  expect(late.used).toBe(used)
  expect(late.unused).toEqual({})
  expect(late.other).toBe(late.unused)
  expect(late.all.unused).toBe(late.unused)
  expect(late.own).toEqual({})
  // Which was reached by way of the one that re-exports it.
  expect((await server.run(`export { unused } from 'early/later'`)).unused).toBe(late.unused)
  expectAdded(server, 'early/late', 'early/later')
})

test('importing a package does not evaluate another that was bundled with it', async () => {
  await using project = await createProject({
    ...pkg('early', { 'index.js': `export const load = () => import('outer')` }),
    ...pkg('outer', {
      'index.js': `import { inner } from 'inner'; import './effect.js'; export const outer = inner`,
      'effect.js': `globalThis.internalsEvaluated = true`,
    }),
    ...pkg('inner', {
      'index.js': `export { inner } from './own.js'`,
      'own.js': `export const inner = {}`,
    }),
  })
  const server = await serveEarly(project)
  const { inner } = await server.run(`export { inner } from 'inner'`)
  expect(globalThis).not.toHaveProperty('internalsEvaluated')
  const { load } = await server.run(`export { load } from 'early'`)
  expect((await load()).outer).toBe(inner)
  expect(globalThis).toHaveProperty('internalsEvaluated')
  expectAdded(server, 'inner')
})
