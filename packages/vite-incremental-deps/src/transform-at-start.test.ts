import path from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { createRunnableDevEnvironment } from 'vite'
import type { DevEnvironment, InlineConfig, ViteDevServer } from 'vite'
import { createProject, pkg, subpaths } from './project.ts'

const OUTPUT = '/node_modules/.vite/deps_ssr/'

const files = {
  ...pkg(
    'early',
    {
      'index.js': `import { inside } from './inside.js'\nexport const early = () => inside`,
      'more.js': `import { inside } from './inside.js'\nexport const more = () => inside`,
      'inside.js': 'export const inside = {}',
    },
    subpaths,
  ),
  ...pkg('large', { 'index.js': `export const large = ${JSON.stringify('x'.repeat(500_000))}` }),
}

type Worker = DevEnvironment & { initRunner: () => Promise<void> }

/** As the Cloudflare plugin does it: the runtime is started by `configureServer`. */
function startsRuntime(
  methods: Omit<Worker, keyof DevEnvironment> & { fetchWorkerExportTypes?: () => void },
  configureServer: (ssr: Worker, server: ViteDevServer) => Promise<void>,
  onHook: (what: string) => unknown = () => {},
): InlineConfig {
  return {
    plugins: [
      {
        name: 'starts-runtime',
        buildStart: () => void onHook('buildStart'),
        async transform(_code, id) {
          if (this.environment.name === 'ssr') await onHook(path.basename(id.replace(/\?.*/, '')))
        },
        async configureServer(server) {
          await configureServer(server.environments['ssr'] as Worker, server)
        },
      },
    ],
    environments: {
      ssr: {
        dev: {
          createEnvironment: (name, config) =>
            Object.assign(createRunnableDevEnvironment(name, config), methods),
        },
      },
    },
  }
}

test('outputs are transformed while the runtime starts', async () => {
  await using project = await createProject({
    ...files,
    'src/asked.js': `export * from 'early'\nexport * from 'early/more'\nexport * from 'large'`,
  })
  let hooks: string[] = []
  const outputs = ['early.js', 'early_more.js', expect.stringMatching(/^inside-/)]
  const config = startsRuntime(
    {
      initRunner: () => vi.waitFor(() => expect(hooks.length).toBeGreaterThan(outputs.length + 1)),
      fetchWorkerExportTypes() {},
    },
    async (ssr) => {
      hooks.push('configureServer')
      // Begins the first run, which is waited for.
      await ssr.depsOptimizer!.init()
      await ssr.initRunner()
      hooks.push('runtime')
    },
    (what) => hooks.push(what),
  )
  for (const _cache of ['cold', 'warm']) {
    hooks = []
    const server = await project.serve({ early: ['early', 'early/more', 'large'], config })
    const { length } = outputs
    expect(hooks.slice(0, length + 3)).toEqual([
      'configureServer',
      'buildStart',
      ...outputs,
      'runtime',
    ])
    await server.runner.import('/src/asked.js')
    // It is those that the runner gets.
    for (const output of hooks.slice(2, length + 2)) {
      expect(hooks.filter((what) => what === output)).toHaveLength(1)
    }
    expect(hooks).toContain('large.js')
    await server.close()
  }
})

test('no more outputs are transformed when the runtime is there', async () => {
  await using project = await createProject(files)
  let begin: (() => void) | undefined
  let release = () => {}
  let asked: string[] = []
  const config = startsRuntime(
    {
      initRunner: () => new Promise((resolve) => (begin = resolve)),
      fetchWorkerExportTypes() {},
    },
    async (ssr) => {
      await ssr.depsOptimizer!.init()
      const transformRequest = vi.spyOn(ssr, 'transformRequest')
      await ssr.initRunner()
      begin = undefined
      release()
      await transformRequest.mock.results[0]!.value
      await immediate()
      asked = transformRequest.mock.calls.map(([url]) => url)
    },
    async (what) => {
      if (what === 'buildStart' || !begin) return
      begin()
      await new Promise<void>((resolve) => (release = resolve))
    },
  )
  await project.serve({ early: ['early', 'early/more'], config })
  expect(asked).toEqual([expect.stringContaining(`${OUTPUT}early.js?v=`)])
})

test('nothing is begun for a runtime that is not known to evaluate right after it starts', async () => {
  await using project = await createProject(files)
  const hooks: string[] = []
  const config = startsRuntime(
    { initRunner: () => immediate() },
    async (ssr) => {
      await ssr.initRunner()
      hooks.push('runtime')
    },
    (what) => hooks.push(what),
  )
  await project.serve({ config })
  expect(hooks[0]).toBe('runtime')
})
