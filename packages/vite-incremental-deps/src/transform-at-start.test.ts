import { rm } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createRunnableDevEnvironment, mergeConfig } from 'vite'
import type { DevEnvironment, InlineConfig } from 'vite'
import { createProject, pkg, sharing } from './project.ts'
import { withResolvers } from './with-resolvers.ts'

const files = {
  ...sharing,
  ...pkg('big', { 'index.js': `export const big = ${JSON.stringify('x'.repeat(500_000))}` }),
  ...pkg('added', { 'index.js': `export const added = {}` }),
  'src/asked.js': `export * from 'early'\nexport * from 'early/more'\nexport * from 'big'`,
}

interface Runtime {
  initRunner: () => Promise<void>
  fetchWorkerExportTypes?: () => void
}

/** Starts a runtime as the Cloudflare plugin does, by its `configureServer` hook. */
function starting(
  runtime: Runtime,
  configureServer: (ssr: DevEnvironment & Runtime) => Promise<void>,
  onTransform: (file: string) => unknown,
): InlineConfig {
  return {
    plugins: [
      {
        name: 'runtime',
        async transform(_code, id) {
          if (this.environment.name !== 'ssr') return
          await onTransform(path.basename(id.replace(/\?.*/, '')))
        },
        configureServer: ({ environments }) =>
          configureServer(environments['ssr'] as DevEnvironment & Runtime),
      },
    ],
    environments: {
      ssr: {
        dev: {
          createEnvironment: (name, config) =>
            Object.assign(createRunnableDevEnvironment(name, config), runtime),
        },
        optimizeDeps: { entries: ['src/asked.js'] },
      },
    },
  }
}

const fetchWorkerExportTypes = (): void => {}

for (const isOutside of [false, true]) {
  const where = isOutside ? ', also outside the root' : ''
  test(`outputs are transformed while the runtime starts${where}`, async () => {
    await using project = await createProject(files)
    const outside = `${project.file('')}-cache`
    if (isOutside) onTestFinished(() => rm(outside, { recursive: true, force: true }))
    const outputs = ['early.js', expect.stringMatching(/^inside-/), 'early_more.js']
    let events: string[] = []
    let runtime = withResolvers()
    const config = starting(
      { initRunner: () => runtime.promise, fetchWorkerExportTypes },
      async (ssr) => {
        events.push('configureServer')
        // As for `nodejs_compat`.
        await ssr.depsOptimizer!.init()
        ssr.depsOptimizer!.registerMissingImport(
          'added',
          project.file('node_modules/added/index.js'),
        )
        await ssr.initRunner()
        events.push('runtime')
      },
      (file) => {
        events.push(file)
        if (file === 'early_more.js') runtime.resolve()
      },
    )
    const more: InlineConfig = {
      ...(isOutside && { cacheDir: outside }),
      plugins: [{ name: 'start', buildStart: () => void events.push('buildStart') }],
    }
    for (const cache of ['cold', 'warm']) {
      events = []
      runtime = withResolvers()
      const server = await project.serve({ early: [], config: mergeConfig(config, more) })
      const expected = ['configureServer', 'buildStart', ...outputs, 'runtime']
      expect(events.slice(0, 6), cache).toEqual(expected)
      expect(events).not.toContain('added.js')

      await server.runner.import('/src/asked.js')
      expect(events).toContain('big.js')
      // The runner gets the same.
      for (const output of events.slice(2, 5)) {
        expect(events.filter((event) => event === output)).toHaveLength(1)
      }
      const { idToModuleMap, urlToModuleMap } = server.ssr.moduleGraph
      for (const [id, module] of idToModuleMap) {
        if (!server.ssr.depsOptimizer!.isOptimizedDepFile(id)) continue
        expect(module.importers.size, id).toBeGreaterThan(0)
        expect(module.url, id).not.toBe(id)
        expect(urlToModuleMap.get(module.url), id).toBe(module)
      }
      await server.close()
    }
  })
}

test.for(['the runtime is there', 'the runtime does not start', 'the server closes'] as const)(
  'no more outputs are transformed when %s',
  async (end) => {
    await using project = await createProject(files)
    const { promise: hasBegun, resolve: begin } = withResolvers()
    const { promise: mayEnd, resolve: release } = withResolvers()
    let asked: string[] = []
    const config = starting(
      {
        async initRunner() {
          await hasBegun
          if (end === 'the runtime does not start') throw new Error(end)
          if (end === 'the server closes') await new Promise(() => {})
        },
        fetchWorkerExportTypes,
      },
      async (ssr) => {
        await ssr.depsOptimizer!.init()
        const transformRequest = vi.spyOn(ssr, 'transformRequest')
        const running = ssr.initRunner()
        await hasBegun
        if (end === 'the server closes') await ssr.depsOptimizer!.close()
        else await running.catch(() => {})
        release()
        await transformRequest.mock.results[0]!.value
        await immediate()
        asked = transformRequest.mock.calls.map(([url]) => url)
      },
      () => {
        begin()
        return mayEnd
      },
    )
    await project.serve({ early: [], config })
    expect(asked).toEqual([expect.stringContaining('/early.js?v=')])
  },
)

test('an output that cannot be transformed does not keep others from it', async () => {
  await using project = await createProject(files)
  const { promise: ready, resolve: start } = withResolvers()
  const config = starting(
    { initRunner: () => ready, fetchWorkerExportTypes },
    async (ssr) => {
      await ssr.depsOptimizer!.init()
      await ssr.initRunner()
    },
    (file) => {
      if (file === 'early.js') throw new Error('not this one')
      if (file === 'early_more.js') start()
    },
  )
  const server = await project.serve({ early: [], config })
  await expect(server.runner.import('/src/asked.js')).rejects.toThrow('not this one')
})

test('nothing is begun for a runtime that is not known to evaluate right after it starts', async () => {
  await using project = await createProject(files)
  const events: string[] = []
  const config = starting(
    { initRunner: () => immediate() },
    async (ssr) => {
      await ssr.depsOptimizer!.init()
      await ssr.initRunner()
      events.push('runtime')
    },
    (file) => events.push(file),
  )
  config.plugins!.push({ name: 'start', buildStart: () => void events.push('buildStart') })
  await project.serve({ early: [], config })
  expect(events[0]).toBe('runtime')
})
