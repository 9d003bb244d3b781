import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin, PluginOption } from 'vite'
import { describe, expect, test } from 'vitest'
import { createProject, installed, majors } from './project.ts'
import type { Project } from './project.ts'

const files = {
  ...installed(
    'rwsdk',
    { 'state.js': `export const defineRwState = 'of the framework'` },
    { type: 'module', exports: { './__state': './state.js' } },
  ),
  ...installed(
    'library',
    { 'index.js': `export { defineRwState as define } from 'rwsdk/__state'` },
    { type: 'module', exports: './index.js' },
  ),
  'entry.js': `
    export { defineRwState as own } from 'rwsdk/__state'
    export { define } from 'library'`,
}

const PREFIX = 'virtual:framework-state:'
const virtualId = (id: string) => (id === 'rwsdk/__state' ? `${PREFIX}${id}` : null)

/**
 * As RedwoodSDK 1.7 has it: the specifier is a module of the framework's, and its optimizers leave
 * it alone, or bundle it.
 */
function framework(
  { root, vite }: Project,
  { order, external }: { order?: 'pre'; external: boolean },
): Plugin {
  const file = path.join(root, 'node_modules/rwsdk/state.js')
  const resolveId = (id: string) => {
    if (id !== 'rwsdk/__state') return null
    return external ? { id, external: true } : file
  }
  const ofRolldown = { name: 'framework-state', resolveId }
  const ofEsbuild = {
    name: 'framework-state',
    setup(build: any) {
      build.onResolve({ filter: /^rwsdk\/__state$/ }, ({ path: id }: { path: string }) =>
        external ? { path: id, external } : { path: file },
      )
    },
  }
  return {
    name: 'framework',
    enforce: 'pre',
    configEnvironment: () => ({
      optimizeDeps:
        'rolldownVersion' in vite
          ? { rolldownOptions: { plugins: [ofRolldown] } }
          : { esbuildOptions: { plugins: [ofEsbuild] } },
    }),
    resolveId: order ? { order, handler: virtualId } : virtualId,
    load: (id) => (id.startsWith(PREFIX) ? readFile(file, 'utf8') : null),
  }
}

const worker = {
  worker: { resolve: { noExternal: true as const }, optimizeDeps: { noDiscovery: false } },
}

describe.each(majors)('Vite %s', (_major, vite) => {
  test.for([true, false])(
    'it answers wherever it stands, in dev and in pre-bundled dependencies (external: %j)',
    async (external) => {
      await using project = await createProject(files, vite)
      const other = framework(project, { external })
      for (const plugins of [
        [other, project.statePlugin()],
        [project.statePlugin(), other],
      ]) {
        const server = await project.serve({ plugins, environments: worker })
        const entry = await server.runner('worker').import<Record<string, unknown>>('/entry.js')
        expect(entry['own']).toBeTypeOf('function')
        expect(entry['define']).toBe(entry['own'])
        expect(
          Object.keys(server.environments['worker']!.depsOptimizer!.metadata.optimized),
        ).toEqual(['library'])
        expect(server.log.lines.filter((line) => line.includes('is resolved to'))).toEqual([])
        await server.close()
      }
    },
  )

  test('it answers wherever it stands, in a build', async () => {
    await using project = await createProject(files, vite)
    const { code, lines } = await buildEntry(project, [
      framework(project, { external: true }),
      project.statePlugin(),
    ])
    expect(code).toContain('function createStateContainer')
    expect(code).not.toContain('of the framework')
    expect(lines).toEqual([])
  })

  test('one that insists is named, with what to do', async () => {
    await using project = await createProject(files, vite)
    const plugins = [framework(project, { order: 'pre', external: true }), project.statePlugin()]
    const line =
      '[@holdfast/vite-state-plugin] "rwsdk/__state" is resolved to ' +
      `"${PREFIX}rwsdk/__state" by the plugin "framework", which comes first; its state does ` +
      'not outlive a reload; put the plugin that brings this one before it in `plugins`'
    const server = await project.serve({ plugins, environments: worker })
    await expect.poll(() => server.log.lines).toContain(line)
    expect((await buildEntry(project, plugins)).lines).toEqual([line])
  })
})

/** The code of `entry.js` for a server, and what is warned of. */
async function buildEntry(
  { root, vite }: Project,
  plugins: PluginOption[],
): Promise<{ code: string; lines: string[] }> {
  const lines: string[] = []
  const customLogger = vite.createLogger('silent')
  customLogger.warnOnce = (line) => lines.push(line)
  const builder = await vite.createBuilder({
    root,
    configFile: false,
    customLogger,
    plugins,
    environments: {
      server: {
        resolve: { noExternal: true },
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
  await builder.build(builder.environments['server']!)
  return { code: await readFile(path.join(root, 'out/entry.mjs'), 'utf8'), lines }
}
