import { readFile, symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createProject, expectAdded, pkg, serveEarly } from './project.ts'

const early = pkg('early', { 'index.js': 'export const early = 1' })

test("the environment's own settings apply", async () => {
  await using project = await createProject({
    ...early,
    ...pkg('late', {
      'index.js': `export const late = [SETTING, process.env.NODE_ENV, WORD]`,
    }),
  })
  const rolldownOptions = {
    transform: { define: { SETTING: '"set"' } },
    plugins: [
      { name: 'words', transform: (code: string) => code.replace('WORD', '"from a plugin"') },
    ],
  }
  const config = {
    environments: { ssr: { keepProcessEnv: false, optimizeDeps: { rolldownOptions } } },
  }
  const server = await project.serve({ config })
  const { late } = await server.run(`export { late } from 'late'`)
  expect(late).toEqual(['set', process.env['NODE_ENV'], 'from a plugin'])
  expect(server.reports).toMatchObject([{ added: ['late'] }])
  const directory = project.file('node_modules/.vite/deps_ssr')
  for (const { file } of server.ssr.depsOptimizer!.metadata.depInfoList) {
    if (file.startsWith(directory)) expect(await readFile(file, 'utf8')).not.toContain('NODE_ENV')
  }
})

test('wasm is imported from the package, as Vite serves it', async () => {
  await using project = await createProject({
    ...early,
    ...pkg('late', { 'index.js': `export { default } from './late.wasm'`, 'late.wasm': '' }),
  })
  const server = await serveEarly(project)
  await server.discover(['late'])
  const { file } = server.ssr.depsOptimizer!.metadata.optimized['late']!
  expect(await readFile(file, 'utf8')).toContain(
    `from "${project.file('node_modules/late/late.wasm')}"`,
  )
  expectAdded(server, 'late')
})

test('a linked package is not ours', async () => {
  await using project = await createProject({
    ...early,
    'packages/linked/package.json': '{ "name": "linked", "type": "module", "main": "./index.js" }',
    'packages/linked/index.js': 'export const linked = {}',
  })
  await symlink(project.file('packages/linked'), project.file('node_modules/linked'), 'junction')
  const server = await project.serve()
  expect(await server.run(`export { linked } from 'linked'`)).toHaveProperty('linked')
  expect(server.reports).toEqual([])
})

test('an environment without discovery is not ours', async () => {
  await using project = await createProject({
    ...early,
    ...pkg('late', { 'index.js': `export const late = {}` }),
  })
  const server = await project.serve({
    config: { environments: { ssr: { optimizeDeps: { noDiscovery: true } } } },
  })
  expect(await server.run(`export { late } from 'late'`)).toHaveProperty('late')
  expect(server.reports).toEqual([])
  expect(Object.getOwnPropertyDescriptor(server.ssr.depsOptimizer, 'metadata')).toHaveProperty(
    'value',
  )
})

test('who decides on the outputs in another way is left to Vite', async () => {
  await using project = await createProject({
    ...early,
    ...pkg('late', { 'index.js': `export const late = {}` }),
  })
  const rolldownOptions = { output: { minify: false } }
  const config = { environments: { ssr: { optimizeDeps: { rolldownOptions } } } }
  const server = await project.serve({ config })
  await server.discover(['late'])
  expect(server.reports).toMatchObject([
    { added: ['late'], fellBack: '`optimizeDeps.rolldownOptions.output.minify` is set' },
  ])
})
