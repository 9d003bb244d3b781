import type { InlineConfig, Rolldown } from 'vite'
import { expect, test } from 'vitest'
import { createProject, expectAdded, pkg, serveEarly } from './project.ts'

const files = {
  ...pkg('early', { 'index.js': `export const early = {}` }),
  ...pkg('barrel', { 'index.js': `export const barrel = 'a placeholder'` }),
  ...pkg('late', { 'index.js': `export const late = {}` }),
  'generated.js': `export * from 'early'\nexport const barrel = 'generated'`,
  ...pkg('uses-virtual', { 'index.js': `export { list as used } from 'virtual:list'` }),
  ...pkg('uses-virtual-too', { 'index.js': `export { list as usedToo } from 'virtual:list'` }),
}

const withPlugin = (plugin: Omit<Rolldown.Plugin, 'name'>): InlineConfig => {
  const rolldownOptions = { plugins: [{ name: 'of-the-project', ...plugin }] }
  return { environments: { ssr: { optimizeDeps: { rolldownOptions } } } }
}

test('an entry that a plugin of the project resolves elsewhere is served as any other', async () => {
  await using project = await createProject(files)
  let runs = 0
  const config = withPlugin({
    resolveId: (id) => (/barrel/.test(id) ? project.file('generated.js') : null),
    renderStart: () => void runs++,
  })
  const server = await serveEarly(project, ['early', 'barrel'], config)
  const { barrel, a, b } = await server.run(`
    export { barrel, early as a } from 'barrel'
    export { early as b } from 'early'`)
  expect(barrel).toBe('generated')
  expect(a).toBe(b)
  expect(runs).toBe(1)
  expect(server.ssr.depsOptimizer!.metadata.discovered).toEqual({})

  await server.run(`import 'late'`)
  expectAdded(server, 'late')
})

const virtual: Omit<Rolldown.Plugin, 'name'> = {
  resolveId: (id) => (id === 'virtual:list' ? id : null),
  load: (id) => (id === 'virtual:list' ? 'export const list = []' : null),
}

test.each<[string, string[]]>([
  ['nothing early has', ['early']],
  ['something early has', ['early', 'uses-virtual']],
])('a virtual module of the project that %s is there once', async (_, early) => {
  await using project = await createProject(files)
  const server = await serveEarly(project, early, withPlugin(virtual))
  const late = ['late', 'uses-virtual', 'uses-virtual-too'].filter((id) => !early.includes(id))
  for (const id of late) await server.run(`import '${id}'`)
  const { used, usedToo } = await server.run(`
    export { used } from 'uses-virtual'
    export { usedToo } from 'uses-virtual-too'`)
  expect(used).toEqual([])
  expect(usedToo).toBe(used)
  expectAdded(server, ...late)
})

test('a virtual module is there after a restart', async () => {
  await using project = await createProject(files)
  const first = await serveEarly(project, ['early'], withPlugin(virtual))
  await first.run(`import 'uses-virtual'`)
  await first.close()
  const server = await serveEarly(project, ['early'], withPlugin(virtual))
  const { used, usedToo } = await server.run(`
    export { used } from 'uses-virtual'
    export { usedToo } from 'uses-virtual-too'`)
  expect(usedToo).toBe(used)
  expectAdded(server, 'uses-virtual-too')
})

test('a dependency is added where the config includes none', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ early: [] })
  await server.run(`import 'early'`)
  await server.run(`import 'late'`)
  expectAdded(server, 'late')
})
