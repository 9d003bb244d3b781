import { rm } from 'node:fs/promises'
import type { InlineConfig } from 'vite'
import { describe, expect, test } from 'vitest'
import { createProject, installed, majors, type Project } from './project.ts'
import type { StatePluginOptions } from './options.ts'

const consumer = (name: string, manifest: object) =>
  installed(
    name,
    { 'index.js': `export { defineRwState as define } from 'rwsdk/__state'` },
    { type: 'module', exports: './index.js', ...manifest },
  )
const peer = { peerDependencies: { '@holdfast/vite-state-plugin': '*' } }

const withOptions = (project: Project, options?: StatePluginOptions): InlineConfig => ({
  plugins: [project.statePlugin(options)],
})

/** Starts a server that must fail, and returns why. */
async function startError(project: Project, config: InlineConfig): Promise<string> {
  const started = project.serve({ logLevel: 'silent', ...config })
  return started.then(
    () => Promise.reject(new Error('it started')),
    (error: Error) => error.message,
  )
}

describe.each(majors)('Vite %s', (_major, vite) => {
  test('an installed package reaches the module in an environment on Node', async () => {
    await using project = await createProject(
      {
        ...consumer('declares', peer),
        ...consumer('declares-all', { peerDependencies: { holdfast: '*' } }),
        ...consumer('is-silent', {}),
        'package.json': JSON.stringify({
          type: 'module',
          dependencies: { declares: '*', 'declares-all': '*', 'is-silent': '*' },
        }),
        'entry.js': `
        import { defineRwState } from 'rwsdk/__state'
        import { define } from 'declares'
        import { define as other } from 'declares-all'
        export const shared = define === defineRwState && other === define`,
        'control.js': `import 'is-silent'`,
      },
      vite,
    )
    const runner = (await project.serve(withOptions(project))).runner('ssr')
    expect(await runner.import('/entry.js')).toMatchObject({ shared: true })
    // The control: without the declaration Node's own loader gets the package.
    await expect(runner.import('/control.js')).rejects.toThrow(/Cannot find package 'rwsdk'/)
  })

  test('noExternal of the user is extended, and `true` stays', async () => {
    await using project = await createProject(
      {
        ...consumer('declares', peer),
        'package.json': '{ "dependencies": { "declares": "*" } }',
      },
      vite,
    )
    const noExternal = async (value: true | string[]) => {
      const server = await project.serve({
        ...withOptions(project),
        environments: { ssr: { resolve: { noExternal: value } } },
      })
      return server.environments.ssr.config.resolve.noExternal
    }
    expect(await noExternal(['other'])).toEqual(['other', 'declares'])
    expect(await noExternal(true)).toBe(true)
  })

  test('neither an alias for a part of the specifier nor a package of that name gets in between', async () => {
    await using project = await createProject(
      {
        ...installed(
          'rwsdk',
          { 'state.js': `export const defineRwState = 'real'` },
          { type: 'module', exports: { './__state': './state.js' } },
        ),
        'fake/__state.js': `export const defineRwState = 'fake'`,
        'entry.js': `export { defineRwState as define } from 'rwsdk/__state'`,
        'renamed.js': `export { defineRwState as define } from 'renamed'`,
      },
      vite,
    )
    const aliases: Record<string, string>[] = [
      {},
      { rwsdk: `${project.root}/fake` },
      { 'rwsdk/__state': `${project.root}/fake/__state.js` },
    ]
    for (const alias of aliases) {
      const server = await project.serve({
        resolve: { alias: { ...alias, renamed: 'rwsdk/__state' } },
        plugins: [project.statePlugin(), { name: 'other', config: () => ({ resolve: { alias } }) }],
      })
      const runner = server.runner('ssr')
      const { define } = await runner.import<{ define: unknown }>('/entry.js')
      expect(define).toBeTypeOf('function')
      expect(await runner.import('/renamed.js')).toMatchObject({ define })
    }
  })

  test('a runtime of a framework keeps its imports, and its source map', async () => {
    await using project = await createProject(
      {
        ...installed(
          'framework',
          {
            'dist/state.js': `import { inner } from 'inner'\nimport { name } from './name.js'\nexport const answer = [inner, name]\n//# sourceMappingURL=maps/state.js.map\n`,
            'dist/name.js': `export const name = 'relative'`,
            'dist/maps/state.js.map': JSON.stringify({
              version: 3,
              sources: ['../../src/state.ts'],
              names: [],
              mappings: 'AAAA',
            }),
            'src/state.ts': '// the source',
            'node_modules/inner/package.json': '{ "type": "module", "exports": "./index.js" }',
            'node_modules/inner/index.js': `export const inner = 'nested'`,
          },
          { type: 'module', exports: { './state': { import: './dist/state.js' } } },
        ),
        'entry.js': `export { answer } from 'my-framework/state'`,
      },
      vite,
    )
    const server = await project.serve({
      ...withOptions(project, { specifier: 'my-framework/state', runtime: 'framework/state' }),
      environments: {
        worker: { resolve: { noExternal: true }, optimizeDeps: { noDiscovery: false } },
      },
    })
    expect(await server.runner('worker').import('/entry.js')).toMatchObject({
      answer: ['nested', 'relative'],
    })
    const id = '\0virtual:@holdfast/vite-state-plugin/my-framework/state'
    const { moduleGraph, depsOptimizer } = server.environments.worker!
    // Nor did the runtime or what it imports become a pre-bundled dependency.
    expect(depsOptimizer!.metadata.depInfoList).toEqual([])
    const result = moduleGraph.getModuleById(id)?.transformResult
    expect(result?.map).toMatchObject({
      sources: [`${project.root}/node_modules/framework/src/state.ts`],
      sourcesContent: ['// the source'],
    })
    expect(result?.code).not.toContain('state.js.map')
  })

  test('an environment that is not chosen says so', async () => {
    await using project = await createProject(
      {
        ...consumer('declares', peer),
        'index.html': `<script type="module" src="/scanned.js"></script>`,
        'scanned.js': `import './client.js'; import 'declares'`,
        'client.js': `import 'rwsdk/__state'`,
      },
      vite,
    )
    const server = await project.serve({
      ...withOptions(project, { environments: ['worker'] }),
      environments: { worker: {} },
    })
    const { client, ssr } = server.environments
    for (const environment of [client, ssr]) {
      await expect(environment.transformRequest('/client.js')).rejects.toThrow(
        `[@holdfast/vite-state-plugin] "rwsdk/__state" was imported by ${project.root}/client.js ` +
          `in the environment "${environment.name}"; it is for server code, here "worker"; ` +
          `keep the importer out of other code, or add "${environment.name}" to the ` +
          '`environments` option',
      )
    }
    // Neither the scan nor the optimizer of the client stumbled over it.
    await client.depsOptimizer!.scanProcessing
    const { depInfoList } = client.depsOptimizer!.metadata
    expect(depInfoList.map(({ id }) => id)).toEqual(['declares'])
    await depInfoList[0]!.processing
    expect(server.log.lines.join('\n')).not.toMatch(/rwsdk|scan/)
  })

  test('an environment that is named may import it', async () => {
    await using project = await createProject({ 'client.js': `import 'rwsdk/__state'` }, vite)
    const server = await project.serve(withOptions(project, { environments: ['client'] }))
    const result = await server.environments.client.transformRequest('/client.js')
    expect(result?.code).toContain('/@id/__x00__virtual:')
  })

  test('a runtime may import a Node builtin, whichever environment imports it', async () => {
    await using project = await createProject(
      { 'state.js': `import 'node:async_hooks'`, 'entry.js': `import 'rwsdk/__state'` },
      vite,
    )
    const environments = ['client', 'ssr']
    const runtime = `${project.root}/state.js`
    const server = await project.serve(withOptions(project, { environments, runtime }))
    for (const name of environments) {
      const id = '\0virtual:@holdfast/vite-state-plugin/rwsdk/__state'
      const result = await server.environments[name]!.transformRequest(id)
      expect(result?.code).toContain('node:async_hooks')
    }
  })

  test('bad input is told at start', async () => {
    await using project = await createProject(
      {
        ...installed('closed', {}, { exports: { '.': './index.js' } }),
      },
      vite,
    )
    const { statePlugin } = project
    expect(await startError(project, withOptions(project, { environments: ['rcs'] }))).toBe(
      '[@holdfast/vite-state-plugin] no environment is named "rcs"; ' +
        'this config has "client", "ssr"; correct the `environments` option',
    )
    expect(await startError(project, { plugins: [statePlugin(), statePlugin()] })).toMatch(
      /^\[@holdfast\/vite-state-plugin] the specifier "rwsdk\/__state" is taken by two instances; /,
    )
    for (const runtime of ['not-installed', 'closed/state']) {
      expect(await startError(project, withOptions(project, { runtime }))).toBe(
        `[@holdfast/vite-state-plugin] the state module "${runtime}" was not found; ` +
          `it must be resolvable from "${project.root}/package.json" in the environment "ssr"; ` +
          `install it (npm install ${runtime}), or correct the \`runtime\` option`,
      )
    }
    expect(await startError(project, withOptions(project, { runtime: '/no/state.js' }))).toMatch(
      /the state module "\/no\/state.js" was not found; .*; correct the `runtime` option$/,
    )
  })

  test('an installation without the runtime is told to whoever imports it', async () => {
    await using project = await createProject({ 'entry.js': `import 'rwsdk/__state'` }, vite)
    const plugin = `${project.root}/node_modules/@holdfast/vite-state-plugin`
    await rm(`${plugin}/node_modules`, { recursive: true })
    const server = await project.serve(withOptions(project))
    await expect(server.runner('ssr').import('/entry.js')).rejects.toThrow(
      '[@holdfast/vite-state-plugin] the state module "@holdfast/state-runtime" was not found; ' +
        `it must be resolvable from "${plugin}/dist/index.mjs" in the environment "ssr"; ` +
        'install it (npm install @holdfast/state-runtime), or correct the `runtime` option',
    )
  })

  test('two specifiers are two modules', async () => {
    await using project = await createProject(
      {
        'state.js': `export const own = true`,
        'entry.js': `import * as a from 'rwsdk/__state'; import * as b from 'own/state'; export { a, b }`,
      },
      vite,
    )
    const own = { specifier: 'own/state', runtime: `${project.root}/state.js` }
    const server = await project.serve({
      plugins: [project.statePlugin(), project.statePlugin(own)],
    })
    const { a, b } = await server.runner('ssr').import<Record<string, object>>('/entry.js')
    expect(Object.keys(b!)).toEqual(['own'])
    expect(Object.keys(a!)).toContain('defineRwState')
  })

  test('preview gets nothing', async () => {
    await using project = await createProject({ 'dist/index.html': '' }, vite)
    const server = await project.vite.preview({
      root: project.root,
      configFile: false,
      logLevel: 'silent',
      // What would fail if anything ran.
      plugins: [project.statePlugin({ environments: ['none'], runtime: 'none' })],
    })
    expect(server.config.plugins.map(({ name }) => name).join()).not.toContain('holdfast')
    await server.close()
  })
})
