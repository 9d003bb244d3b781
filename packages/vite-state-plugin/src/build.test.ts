import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { EnvironmentOptions } from 'vite'
import { describe, expect, test } from 'vitest'
import type { StatePluginOptions } from './options.ts'
import { createProject, installed, type Layout, majors, type Project } from './project.ts'

const dependency = {
  'package.json': '{ "type": "module", "dependencies": { "dependency": "*" } }',
  ...installed(
    'dependency',
    { 'index.js': `export { defineRwState as define } from 'rwsdk/__state'` },
    {
      type: 'module',
      exports: './index.js',
      peerDependencies: { '@holdfast/vite-state-plugin': '*' },
    },
  ),
}

/** Builds `entry.js` for an environment on a server, and returns the file. */
async function build(
  { root, vite, statePlugin }: Project,
  options?: StatePluginOptions,
  resolve: EnvironmentOptions['resolve'] = {},
): Promise<string> {
  const builder = await vite.createBuilder({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [statePlugin(options)],
    environments: {
      server: {
        resolve,
        build: {
          outDir: 'out',
          minify: false,
          rollupOptions: {
            input: path.join(root, 'entry.js'),
            output: { entryFileNames: 'entry.mjs' },
          },
        },
      },
    },
  })
  await builder.build(builder.environments.server!)
  return path.join(root, 'out/entry.mjs')
}

const anyImport = /^import\b|\bfrom ['"]|\bimport\(|\brequire\(/m

describe.each(majors)('Vite %s', (_major, vite) => {
  test.for<[kind: string, layout: Layout]>([
    ['node', 'nested'],
    ['node', 'flat'],
    ['worker', 'nested'],
    ['worker', 'flat'],
  ])('a build for a %s bundles the module, once, from %s node_modules', async ([kind, layout]) => {
    await using project = await createProject(
      {
        ...dependency,
        'entry.js': `
        import { defineRwState } from 'rwsdk/__state'
        import { define } from 'dependency'
        export const shared = define === defineRwState
        export const own = defineRwState`,
      },
      vite,
      layout,
    )
    const file = await build(project, {}, kind === 'worker' ? { noExternal: true } : {})
    const code = await readFile(file, 'utf8')
    expect(code).not.toMatch(anyImport)
    expect(code.split('function createStateContainer').length).toBe(2)
    expect(await import(pathToFileURL(file).href)).toMatchObject({ shared: true })
  })

  test('a build bundles a runtime from a package, with the conditions of the environment', async () => {
    await using project = await createProject(
      {
        ...installed(
          'my-framework',
          {
            'worker.js': `export const name = 'for workers'`,
            'other.js': `export const name = 'for others'`,
          },
          {
            type: 'module',
            exports: { './state': { workerd: './worker.js', default: './other.js' } },
          },
        ),
        'entry.js': `export { name } from 'my-framework/__state'`,
      },
      vite,
    )
    const options = { specifier: 'my-framework/__state', runtime: 'my-framework/state' }
    const cases: [EnvironmentOptions['resolve'], string][] = [
      [{}, 'for others'],
      [{ external: ['my-framework'] }, 'for others'],
      [{ conditions: ['workerd'] }, 'for workers'],
    ]
    for (const [resolve, name] of cases) {
      const code = await readFile(await build(project, options, resolve), 'utf8')
      expect(code).not.toMatch(anyImport)
      expect(code).toContain(name)
    }
  })

  test('a build says where the specifier may not be, and that the runtime is missing', async () => {
    await using project = await createProject(
      {
        'client.js': `import 'rwsdk/__state'`,
        'server.js': '',
      },
      vite,
    )
    const { createBuilder } = project.vite
    const buildOf = async (name: string, runtime?: string) => {
      const builder = await createBuilder({
        root: project.root,
        configFile: false,
        logLevel: 'silent',
        plugins: [project.statePlugin(runtime ? { runtime } : { environments: ['ssr'] })],
        environments: { server: {} },
        build: { rollupOptions: { input: path.join(project.root, `${name}.js`) } },
      })
      await builder.build(builder.environments[name]!)
    }
    await expect(buildOf('client')).rejects.toThrow(
      /"rwsdk\/__state" was imported by .*client\.js in the environment "client"/,
    )
    await expect(buildOf('server', 'nowhere')).rejects.toThrow(
      /the state module "nowhere" was not found/,
    )
  })

  test('a build without server code says so', async () => {
    await using project = await createProject({ 'client.js': `import 'rwsdk/__state'` }, vite)
    const { root, statePlugin } = project
    const built = project.vite.build({
      root,
      configFile: false,
      logLevel: 'silent',
      plugins: [statePlugin()],
      build: { rollupOptions: { input: path.join(root, 'client.js') } },
    })
    await expect(built).rejects.toThrow(
      `[@holdfast/vite-state-plugin] "rwsdk/__state" was imported by ${root}/client.js in the ` +
        'environment "client"; it is for server code, and no environment here may import it; ' +
        'keep the importer out of other code, or add "client" to the `environments` option',
    )
  })
})
