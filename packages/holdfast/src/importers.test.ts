import { expect, test } from 'vitest'
import { importerChain } from './importers.ts'
import { createProject, pkg } from './project.ts'

const late = pkg('late', { 'index.js': 'export const late = {}' })

test('the chain ends in a cycle, and is not without end', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const chain = names.map((name, index) => [`src/${name}.js`, `import './${names[index + 1]}.js'`])
  await using project = await createProject({
    ...late,
    ...Object.fromEntries(chain),
    'src/g.js': `import 'early/a'`,
    'src/one.js': `import './two.js'`,
    'src/two.js': `import './one.js'`,
  })
  const { run, ssr } = await project.serve()
  await run('src/a.js')
  await run('src/one.js')
  const of = (name: string) => importerChain(ssr, project.file(name))
  expect(of('src/g.js')).toEqual(['src/g.js', 'src/f.js', 'src/e.js', 'src/d.js', 'src/c.js'])
  expect(of('src/b.js')).toEqual(['src/b.js', 'src/a.js'])
  expect(of('src/two.js')).toEqual(['src/two.js', 'src/one.js'])
  expect(of('src/unknown.js?query')).toEqual(['src/unknown.js'])
  expect(importerChain(ssr, '\0virtual:module')).toEqual(['virtual:module'])
})

test('the importer is the one whose import was resolved to the file', async () => {
  const nested = pkg('even/node_modules/late', { 'index.js': `export const late = 'nested'` })
  await using project = await createProject({
    ...late,
    ...nested,
    ...pkg('even', { 'index.js': `export { late } from 'late'` }),
    'src/entry.js': `import 'early/a'`,
    'src/nested.js': `export { late } from '../node_modules/even/index.js'`,
    'src/late.js': `export { late } from 'late'`,
  })
  const { run, settled } = await project.serve()
  await run('src/entry.js')
  // Its import is resolved first, and to another file, which is none for the optimizer.
  expect(await run('src/nested.js')).toMatchObject({ late: 'nested' })
  expect(await run('src/late.js')).toMatchObject({ late: {} })
  expect((await settled('late')).dependencies).toEqual([{ id: 'late', importers: ['src/late.js'] }])
})

test('an alias is resolved for the importer', async () => {
  await using project = await createProject({
    ...late,
    'src/entry.js': `import 'early/a'`,
    'src/late.js': `export { late } from 'renamed'`,
  })
  const { run, settled } = await project.serve({}, { resolve: { alias: { renamed: 'late' } } })
  await run('src/entry.js')
  await run('src/late.js')
  expect((await settled('late')).dependencies).toEqual([{ id: 'late', importers: ['src/late.js'] }])
})

test('what is registered by nobody who imports it has no importer', async () => {
  await using project = await createProject({ ...late, 'src/entry.js': `import 'early/a'` })
  const { run, settled, ssr } = await project.serve()
  await run('src/entry.js')
  const file = project.file('node_modules/late/index.js')
  await ssr.depsOptimizer!.registerMissingImport('late', file).processing
  expect((await settled('late')).dependencies).toEqual([{ id: 'late', importers: [] }])
})
