import { describe, expect, test } from 'vitest'
import { createProject, installed, majors, type Project, type Server } from './project.ts'

const esm = { type: 'module', exports: { '.': './index.js', './more': './more.js' } }

const dependencies = {
  ...installed(
    'imports',
    {
      'index.js': `export { define, shared } from './shared.js'`,
      'more.js': `export { define, shared } from './shared.js'; export const more = true`,
      'shared.js': `
        import { defineRwState as define } from 'rwsdk/__state'
        export { define }
        export const shared = define('imports', () => ({ made: Math.random() }))`,
    },
    esm,
  ),
  ...installed(
    're-exports',
    { 'index.js': `export { defineRwState as define } from 'rwsdk/__state'` },
    esm,
  ),
  ...installed('re-exports-all', { 'index.js': `export * from 'rwsdk/__state'` }, esm),
  ...installed(
    'imports-later',
    { 'index.js': `export const later = () => import('rwsdk/__state')` },
    esm,
  ),
  ...installed('requires', {
    'index.js': `exports.define = require('rwsdk/__state').defineRwState`,
  }),
  ...installed('mixes', {
    'index.js': `module.exports = require('./inner.js')`,
    'inner.js': `
      exports.define = require('rwsdk/__state').defineRwState
      exports.later = () => import('rwsdk/__state')`,
  }),
}

const files = {
  ...dependencies,
  'entry.js': `
    import { defineRwState } from 'rwsdk/__state'
    import { define as imports, shared } from 'imports'
    import { define as reExports } from 're-exports'
    import { defineRwState as reExportsAll } from 're-exports-all'
    import { later } from 'imports-later'
    import requires from 'requires'
    import mixes from 'mixes'
    export { defineRwState as own, shared }
    export const others = {
      imports, reExports, reExportsAll, requires: requires.define, mixes: mixes.define,
      importsLater: (await later()).defineRwState,
      mixesLater: (await mixes.later()).defineRwState,
    }
    export const evaluation = {}
    globalThis.onEntry?.()`,
  // Shares code with what is optimized already, so that existing outputs change.
  'late.js': `export { more } from 'imports/more'`,
}

interface Entry {
  own: unknown
  others: Record<string, unknown>
  shared: object
  evaluation: object
}

type Platform = 'node' | 'neutral' | 'browser'

async function serve(project: Project, platform: Platform): Promise<Server> {
  const options = { platform }
  return project.serve({
    plugins: [project.statePlugin()],
    environments: {
      worker: {
        resolve: { noExternal: true },
        optimizeDeps: {
          noDiscovery: false,
          ...('rolldownVersion' in project.vite
            ? { rolldownOptions: options }
            : { esbuildOptions: options }),
        },
      },
    },
  })
}

const optimizedIn = (server: Server): string[] =>
  Object.keys(server.environments.worker!.depsOptimizer!.metadata.optimized)

describe.each(majors)('Vite %s', (_major, vite) => {
  test.for<Platform>(['node', 'neutral', 'browser'])(
    'pre-bundled dependencies get the one module, platform %s',
    async (platform) => {
      await using project = await createProject(files, vite)
      const server = await serve(project, platform)
      const { own, others } = await server.runner('worker').import<Entry>('/entry.js')
      const shared = Object.entries(others).filter(([, define]) => define === own)
      expect(shared.map(([how]) => how)).toEqual(Object.keys(others))
      // For every other tool that bundles dependencies.
      const { exclude } = server.environments.worker!.config.optimizeDeps
      expect(exclude).toContain('rwsdk/__state')
      expect(optimizedIn(server).toSorted()).toEqual([
        'imports',
        'imports-later',
        'mixes',
        're-exports',
        're-exports-all',
        'requires',
      ])
    },
  )

  test('state and identity outlive a reloading re-optimization', async () => {
    await using project = await createProject(files, vite)
    const server = await serve(project, 'neutral')
    const runner = server.runner('worker')
    const before = await runner.import<Entry>('/entry.js')

    const reloading = server.log.next(/optimized dependencies changed\. reloading/)
    const evaluated = new Promise<void>((resolve) => {
      Object.assign(globalThis, { onEntry: resolve })
    })
    // This very import may be told that it is outdated.
    await Promise.allSettled([runner.import('/late.js')])
    await Promise.all([reloading, evaluated])
    expect(await runner.import('/late.js')).toMatchObject({ more: true })

    const after = await runner.import<Entry>('/entry.js')
    expect(after.evaluation).not.toBe(before.evaluation)
    expect(after.shared).toBe(before.shared)
    expect(after.others.imports).toBe(after.own)
    expect(optimizedIn(server)).toContain('imports/more')
    const ids = [...server.environments.worker!.moduleGraph.idToModuleMap.keys()]
    expect(ids.filter((id) => /state-runtime|rwsdk/.test(id))).toEqual([
      '\0virtual:@holdfast/vite-state-plugin/rwsdk/__state',
    ])
  })
})
