import { expect, test, vi } from 'vitest'
import { commonJs, createProject, expectAdded, pkg, serveEarly } from './project.ts'

const files = {
  ...pkg('early', { 'index.js': 'export const early = 1' }),
  ...pkg(
    'node-ish',
    {
      'index.js': `exports.util = require('util'); exports.left = require('./left-out.js')`,
      'left-out.js': 'exports.not = 1',
    },
    { ...commonJs, browser: { './left-out.js': false } },
  ),
  ...pkg(
    'optional',
    { 'index.js': `export const load = () => import('not-installed')` },
    {
      peerDependencies: { 'not-installed': '1' },
      peerDependenciesMeta: { 'not-installed': { optional: true } },
    },
  ),
  ...pkg('pictured', {
    'index.js': `export { default as picture } from './picture.svg'`,
    'picture.svg': '<svg/>',
  }),
}

test('in the browser, Node built-ins and what a package leaves out', async () => {
  await using project = await createProject(files)
  const server = await serveEarly(project)
  const { client } = server.vite.environments
  await project.write({ 'src/a.js': `import 'early'`, 'src/b.js': `import 'node-ish'` })
  await client.transformRequest('/src/a.js')
  await client.transformRequest('/src/b.js')
  const { discovered } = client.depsOptimizer!.metadata
  const { file, processing } = discovered['node-ish']!
  await processing
  const { default: it } = await import(/* @vite-ignore */ file)
  expect(it.left).toEqual({})
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect(it.util.inspect).toBeUndefined()
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^Module "util" has been externalized .* "util\.inspect" in client code/),
  )
  warn.mockRestore()
  expectAdded(server, 'node-ish')
})

test('an optional peer dependency that is not installed fails when it is used', async () => {
  await using project = await createProject(files)
  const server = await serveEarly(project)
  const { load } = await server.run(`export { load } from 'optional'`)
  await expect(load()).rejects.toThrow(
    'Could not resolve "not-installed" imported by "optional". Is it installed?',
  )
  expectAdded(server, 'optional')
})

test('assets are imported from the package, as Vite serves them', async () => {
  await using project = await createProject(files)
  const server = await serveEarly(project)
  const { picture } = await server.run(`export { picture } from 'pictured'`)
  expect(picture).toMatch(/svg/)
  expectAdded(server, 'pictured')
})
