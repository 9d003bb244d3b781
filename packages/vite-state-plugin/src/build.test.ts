import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createProject, installed, majors } from './project.ts'

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

describe.each(majors)('Vite %s', (_major, vite) => {
  test.for(['node', 'worker'])('a build for a %s bundles the module, once', async (kind) => {
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
    )
    const builder = await project.vite.createBuilder({
      root: project.root,
      configFile: false,
      logLevel: 'silent',
      plugins: [project.statePlugin()],
      environments: {
        server: {
          resolve: kind === 'worker' ? { noExternal: true } : {},
          build: {
            outDir: 'out',
            minify: false,
            rollupOptions: {
              input: path.join(project.root, 'entry.js'),
              output: { entryFileNames: 'entry.mjs' },
            },
          },
        },
      },
    })
    await builder.build(builder.environments.server!)
    const file = path.join(project.root, 'out/entry.mjs')
    const code = await readFile(file, 'utf8')
    expect(code).not.toMatch(/^import\b|\bfrom ['"]|\bimport\(|\brequire\(/m)
    expect(code.split('function createStateContainer').length).toBe(2)
    expect(await import(pathToFileURL(file).href)).toMatchObject({ shared: true })
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
    const build = async (name: string, runtime?: string) => {
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
    await expect(build('client')).rejects.toThrow(
      /"rwsdk\/__state" was imported by .*client\.js in the environment "client"/,
    )
    await expect(build('server', 'nowhere')).rejects.toThrow(
      /the state module "nowhere" was not found/,
    )
  })
})
