import { expect, test } from 'vitest'
import { createProject, pkg } from './project.ts'
import { findBroken, withEsbuild, withRolldown } from './prove.ts'

const files = {
  ...pkg('fine', {
    'index.js': `
      import './style.css'
      import 'excluded'
      import * as fs from 'node:fs'
      import inner from 'inner'
      export { data } from './data.js'
      export const lazy = () => import('./lazy.js')
      export { fs, inner }`,
    'style.css': '{',
    'data.js': `import json from './data.json'; export const data = json`,
    'data.json': '{ "a": 1 }',
    'lazy.js': 'export const lazy = 1',
  }),
  ...pkg(
    'inner',
    { 'import.mjs': 'export default 1', 'require.cjs': 'module.exports = 1' },
    { type: 'commonjs', exports: { import: './import.mjs', require: './require.cjs' } },
  ),
  ...pkg(
    'common',
    {
      'index.js': `
        const inner = require('inner')
        let optional
        try { optional = require('not-installed') } catch {}
        module.exports = { inner, optional }`,
    },
    { type: 'commonjs', main: 'index.js' },
  ),
  ...pkg('syntax', { 'index.js': 'export const = 1' }),
  ...pkg('deep', { 'index.js': `export * from 'syntax'` }),
  ...pkg('gone', { 'index.js': `export * from './gone.js'` }),
  ...pkg('gone-package', { 'index.js': `export * from 'not-installed'` }),
  ...pkg('gone-export', { 'index.js': `export { a } from './b.js'`, 'b.js': 'export const b = 1' }),
}

const fine = ['fine', 'common']
const broken = ['syntax', 'deep', 'gone', 'gone-package', 'gone-export']

// The resolver is that of Vite 8 in any case.
test.each([
  ['Rolldown', withRolldown],
  ['esbuild', withEsbuild],
])('%s tells which dependencies cannot be bundled', async (_name, load) => {
  await using project = await createProject(files)
  const optimizeDeps = { noDiscovery: false, entries: [], exclude: ['excluded'] }
  const environments = { ssr: { resolve: { noExternal: true as const }, optimizeDeps } }
  const { vite } = await project.serve(
    {},
    { environments, optimizeDeps: { exclude: ['excluded'] } },
  )
  for (const environment of [vite.environments.ssr, vite.environments.client]) {
    const find = async (ids: string[]): Promise<string[]> => {
      const entries = ids.map((id) => [id, project.file(`node_modules/${id}/index.js`)])
      const found = await findBroken(environment, Object.fromEntries(entries), load)
      return [...found.keys()].toSorted()
    }
    expect(await find(fine)).toEqual([])
    expect(await find([...fine, ...broken])).toEqual(broken.toSorted())
    expect(await find(['syntax'])).toEqual(['syntax'])
  }
})
