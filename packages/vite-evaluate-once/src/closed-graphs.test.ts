import * as vite from 'vite'
import type { Plugin } from 'vite'
import { beforeEach, expect, test } from 'vitest'
import { evaluateOnce } from './index.ts'
import type { Server } from './project.ts'
import { count, createProject, forgetCounts, pack } from './project.ts'

beforeEach(forgetCounts)

const entry = (...names: string[]): string =>
  [...names.map((name) => `import '${name}'`), `evaluated('entry')`].join('\n')

const notKept = ({ api }: Server): Record<string, string | undefined> =>
  Object.fromEntries(api.fetched().map(({ dependency, notKept: why }) => [dependency, why]))

/** Resolves `virtual:of-app` to a module of the application. */
const virtual: Plugin = {
  name: 'virtual',
  resolveId: (id) => (id === 'virtual:of-app' ? `\0${id}` : null),
  load: (id) => (id === '\0virtual:of-app' ? `evaluated('of-app'); export const value = {}` : null),
}

test('what imports the application is evaluated with it, statically, dynamically or by way of others', async () => {
  const names = ['static', 'lazy', 'named', 'importer', 'lazy-importer', 'closed']
  await using project = await createProject(vite, {
    ...pack(
      'static',
      `import { value } from 'virtual:of-app'; evaluated('static'); export { value }`,
    ),
    ...pack('lazy', `evaluated('lazy'); export const load = () => import('virtual:of-app')`),
    ...pack(
      'named',
      `evaluated('named'); export const load = (name) => import(/* @vite-ignore */ name)`,
    ),
    ...pack('importer', `export * from 'static'; evaluated('importer')`),
    ...pack(
      'closed',
      `import 'node:path'; evaluated('closed'); export const load = () => import('lazy-part')`,
    ),
    ...pack('lazy-part', `evaluated('lazy-part')`),
    ...pack(
      'lazy-importer',
      `evaluated('lazy-importer'); export const load = () => import('static')`,
    ),
    'src/entry.js': entry(...names),
  })
  const server = await project.serve({
    plugins: [virtual, evaluateOnce()],
    environments: {
      ssr: {
        optimizeDeps: {
          // So that `importer` imports the output of `static`.
          include: names.concat('lazy-part'),
          rolldownOptions: { external: ['virtual:of-app'] },
        },
      },
    },
  })
  await server.runner.import('/src/entry.js')
  await server.reload()
  expect(names.map(count)).toEqual([2, 2, 2, 2, 2, 1])
  expect(count('of-app')).toBe(2)
  expect(notKept(server)).toMatchObject({
    static: 'it imports virtual:of-app, which is not optimized',
    lazy: 'it imports virtual:of-app, which is not optimized',
    named: 'it imports what it names at run time',
    importer: 'it imports static, which imports virtual:of-app, which is not optimized',
    'lazy-importer': 'it imports static, which imports virtual:of-app, which is not optimized',
    closed: undefined,
  })
})

test.each([
  ['comes last', ['importer', 'dep']],
  ['was there before', ['virtual:of-app', 'importer', 'dep']],
])('what a plugin has a dependency import counts, too: it %s', async (_, names) => {
  await using project = await createProject(vite, {
    ...pack('dep', `evaluated('dep'); export const dep = {}`),
    ...pack('importer', `export * from 'dep'; evaluated('importer')`),
    'src/entry.js': entry(...names),
  })
  const adds: Plugin = {
    name: 'adds',
    transform: (code, id) =>
      /deps_ssr\/dep\.js/.test(id) ? `${code}; import 'virtual:of-app'` : null,
  }
  const server = await project.serve({ plugins: [virtual, adds, evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  await project.write({ 'src/entry.js': entry('importer', 'dep') })
  await expect.poll(() => count('entry')).toBe(2)
  await server.reload()
  expect([count('of-app'), count('dep'), count('importer')]).toEqual([3, 3, 3])
  expect(notKept(server)).toEqual({
    dep: 'it imports virtual:of-app, as a plugin has it',
    importer: 'it imports dep, which imports virtual:of-app, as a plugin has it',
  })
})

test('an output without a version in its URL is evaluated anew', async () => {
  await using project = await createProject(vite, {
    ...pack('dep', `evaluated('dep')`),
    'src/entry.js': entry('dep'),
  })
  const server = await project.serve({ plugins: [evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  const url = '/node_modules/.vite/deps_ssr/dep.js'
  await server.runner.import(url)
  expect(count('dep')).toBe(2)
  await server.reload()
  await server.runner.import(url)
  expect(count('dep')).toBe(3)
})

test('a dependency that is excluded from optimization is of the application', async () => {
  await using project = await createProject(vite, {
    ...pack('source', `evaluated('source'); export const source = {}`),
    ...pack('importer', `export * from 'source'; evaluated('importer')`),
    'src/entry.js': entry('importer'),
  })
  const server = await project.serve({
    plugins: [evaluateOnce()],
    environments: { ssr: { optimizeDeps: { exclude: ['source'] } } },
  })
  await server.runner.import('/src/entry.js')
  await server.reload()
  expect([count('source'), count('importer')]).toEqual([2, 2])
})

test('outputs that import each other in a circle are not kept', async () => {
  await using project = await createProject(vite, {
    ...pack('a', `import { b } from 'b'; evaluated('a'); export const a = () => b`),
    ...pack('b', `evaluated('b'); export const b = {}`),
    ...pack('importer', `export * from 'a'; evaluated('importer')`),
    'src/entry.js': entry('importer', 'b'),
  })
  // Rolldown makes no circle of its own accord.
  const circle: vite.Rolldown.Plugin = {
    name: 'circle',
    renderChunk: (code, { fileName }) => (fileName === 'b.js' ? `${code}; import './a.js'` : null),
  }
  const server = await project.serve({
    plugins: [evaluateOnce()],
    environments: {
      ssr: {
        optimizeDeps: {
          include: ['a', 'b', 'importer'],
          rolldownOptions: { plugins: [circle] },
        },
      },
    },
  })
  await server.runner.import('/src/entry.js')
  await server.reload()
  expect([count('a'), count('b'), count('importer')]).toEqual([2, 2, 2])
  expect(notKept(server)).toEqual({
    a: 'it imports itself, by way of others',
    b: 'it imports itself, by way of others',
    importer: 'it imports a, which imports itself, by way of others',
  })
})

test('packages that are excluded, and what imports them', async () => {
  await using project = await createProject(vite, {
    ...pack('excluded', `evaluated('excluded'); export const excluded = {}`),
    ...pack('@scope/importer', `export * from 'excluded'; evaluated('importer')`),
    ...pack('other', `evaluated('other')`),
    'src/entry.js': entry('@scope/importer', 'excluded', 'other'),
  })
  const server = await project.serve({ plugins: [evaluateOnce({ exclude: ['excluded'] })] })
  await server.runner.import('/src/entry.js')
  await server.reload()
  expect(['excluded', 'importer', 'other'].map(count)).toEqual([2, 2, 1])
  expect(notKept(server)).toEqual({
    excluded: 'it holds excluded, which is excluded',
    '@scope/importer': 'it imports excluded, which holds excluded, which is excluded',
    other: undefined,
  })
})

test('an excluded package that is part of another output', async () => {
  await using project = await createProject(vite, {
    ...pack('inlined', `evaluated('inlined'); export const inlined = {}`),
    ...pack('holder', `export * from 'inlined'; evaluated('holder')`),
    'src/entry.js': entry('holder'),
  })
  const server = await project.serve({ plugins: [evaluateOnce({ exclude: ['inlined'] })] })
  await server.runner.import('/src/entry.js')
  await server.reload()
  expect(['inlined', 'holder'].map(count)).toEqual([2, 2])
})

test.each([
  [{ excluded: ['a'] }, /there is no option "excluded"; there is exclude/],
  [{ exclude: 'a' }, /`exclude` is "a"; write a list of packages' names/],
  [{ exclude: ['a/b'] }, /`exclude` is \["a\/b"\]/],
  [{ exclude: ['./a'] }, /`exclude` is/],
])('refuses %j', (options: any, message) => {
  expect(() => evaluateOnce(options)).toThrow(message)
})
