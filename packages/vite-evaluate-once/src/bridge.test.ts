import { resolveFresh } from '@holdfast/vite-hmr-bridge'
import * as vite from 'vite'
import type { Plugin, ViteDevServer } from 'vite'
import { beforeEach, expect, test } from 'vitest'
import { evaluateOnce } from './index.ts'
import { count, createProject, forgetCounts, pack } from './project.ts'

beforeEach(forgetCounts)

/**
 * The bridge topology, reduced to its idea: in the ssr environment, whose runner is in this process,
 * `copy:<url>` is a virtual module made of what the environment `other` makes of the url.
 */
function copies(): Plugin {
  let server: ViteDevServer
  return {
    name: 'copies',
    config: () => ({
      environments: {
        other: {
          consumer: 'server',
          resolve: { noExternal: true },
          optimizeDeps: { noDiscovery: false, include: ['dep', 'importer', 'opener'] },
        },
      },
    }),
    configureServer(configured) {
      server = configured
    },
    resolveId: (id) => (id.startsWith('copy:') ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith('\0copy:')) return null
      const other = server.environments['other']!
      const fetched = await other.fetchModule(await resolveFresh(other, id.slice('\0copy:'.length)))
      if (!('code' in fetched)) throw new Error('no code')
      expect(fetched.code).not.toContain('__once__')
      if (fetched.file) this.addWatchFile(fetched.file)
      const code = fetched.code
        .replaceAll(/__vite_ssr_import__\("([^"]+)"[^)]*\)/g, 'import("copy:$1")')
        .replaceAll(/__vite_ssr_import_(\d+)__/g, '__import_$1__')
      // Some bridges have code behind the comments of the original.
      return `const marker = {}\n${code}\nexport const isCopy = marker !== undefined`
    },
  }
}

test('a copy of a dependency is evaluated once', async () => {
  await using project = await createProject(vite, {
    ...pack('dep', `evaluated('dep'); export const state = {}`),
    ...pack('importer', `export * from 'dep'; evaluated('importer')`),
    ...pack('opener', `export { value } from 'virtual:of-app'; evaluated('opener')`),
    'src/page.js': `import { state } from 'importer'\nimport 'opener'\nevaluated('page')\nexport { state }`,
    'src/entry.js': `export { state } from 'copy:/src/page.js'\nevaluated('entry')`,
  })
  const ofApp: Plugin = {
    name: 'of-app',
    resolveId: (id) => (id === 'virtual:of-app' ? `\0${id}` : null),
    load: (id) => (id === '\0virtual:of-app' ? `export const value = evaluated('of-app')` : null),
  }
  const external: Plugin = {
    name: 'external',
    config: () => ({
      environments: {
        other: { optimizeDeps: { rolldownOptions: { external: ['virtual:of-app'] } } },
      },
    }),
  }
  await using server = await project.serve({
    plugins: [copies(), ofApp, external, evaluateOnce()],
  })
  const { state } = await server.runner.import('/src/entry.js')
  await server.reload()
  expect((await server.runner.import('/src/entry.js')).state).toBe(state)
  const names = ['dep', 'importer', 'opener', 'of-app', 'page']
  expect(names.map(count)).toEqual([1, 1, 2, 2, 2])
  expect(server.api.fetched()).toContainEqual({
    dependency: 'opener',
    environment: 'ssr',
    notKept: 'it imports virtual:of-app, which is not optimized',
  })
})
