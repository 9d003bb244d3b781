import { setImmediate as immediate } from 'node:timers/promises'
import * as vite from 'vite'
import { DevEnvironment, type EnvironmentOptions, type HotPayload, type Plugin } from 'vite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { STORM_CALM, STORM_LIMIT, STORM_PAUSE } from './constants.ts'
import { hmrBridge } from './index.ts'
import {
  createProject,
  dep,
  record,
  sendOf,
  ssrModules,
  type Project,
  type Server,
} from './project.ts'

const full: HotPayload = { type: 'full-reload', path: '*' }
const reloads = (payloads: HotPayload[]): HotPayload[] =>
  payloads.filter(({ type }) => type === 'full-reload')

/** Long enough for whatever is in an endless exchange to come round. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await immediate()
}

const fileReload: HotPayload = { type: 'full-reload', path: '*', triggeredBy: '/generated.js' }

async function serveTimed(project: Project): Promise<Server> {
  const server = await project.serve({ plugins: [hmrBridge({ from: 'ssr', to: 'worker' })] })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  return server
}
async function reload({ ssr }: Server, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    ssr.hot.send(fileReload)
    await turns()
  }
}

const fail = (error: string) => (): never => {
  throw new Error(error)
}

const cycle = (): Plugin[] => [
  hmrBridge({ from: 'ssr', to: 'worker' }),
  hmrBridge({ from: 'worker', to: 'ssr' }),
]

/** An environment whose channel is the given one. */
const withChannel = (send: (payload: HotPayload) => void): EnvironmentOptions => ({
  dev: {
    createEnvironment: (name, config) =>
      new DevEnvironment(name, config, { hot: true, transport: { send } }),
  },
})

describe('the source', () => {
  test('keeps its own delivery, and the target gets a copy without `triggeredBy`', async () => {
    await using project = await createProject(vite)
    const server = await project.serve({ plugins: [hmrBridge({ from: 'ssr', to: 'worker' })] })
    const [own, forwarded] = [record(server.ssr), record(server.worker)]
    const payload: HotPayload = { type: 'full-reload', path: '/x', triggeredBy: '/x.js' }
    server.ssr.hot.send(payload)
    expect(own).toEqual([payload])
    await turns()
    expect(own).toEqual([payload])
    expect(forwarded).toEqual([full])
    expect(forwarded[0]).not.toHaveProperty('triggeredBy')
  })

  test('sends everything else untouched', async () => {
    await using project = await createProject(vite)
    const calls: { self: unknown; args: unknown[] }[] = []
    const spy: Plugin = {
      name: 'spy',
      enforce: 'pre',
      configureServer: {
        order: 'pre',
        handler({ environments }) {
          Object.assign(environments.ssr.hot, {
            send(this: unknown, ...args: unknown[]) {
              calls.push({ self: this, args })
              return calls.length
            },
          })
        },
      },
    }
    const plugins = [spy, hmrBridge({ from: 'ssr', to: 'worker' })]
    const server = await project.serve({ plugins })
    const forwarded = record(server.worker)
    const { hot } = server.ssr
    const send = sendOf(server.ssr)
    const others = [
      ['full-reload', { path: '*' }, 'more'],
      [{ type: 'update', updates: [] }],
      [{ type: 'custom', event: 'full-reload' }],
      [{ type: 'prune', paths: [] }],
      [undefined],
      [null],
    ]
    for (const [index, args] of others.entries()) {
      expect(Reflect.apply(send, hot, args)).toBe(index + 1)
      expect(calls[index]!.self).toBe(hot)
      expect(calls[index]!.args).toEqual(args)
      expect(calls[index]!.args[0]).toBe(args[0])
    }
    await turns()
    expect(forwarded).toEqual([])

    const self = {}
    expect(Reflect.apply(send, self, [full, 'more'])).toBe(others.length + 1)
    expect(calls.at(-1)).toEqual({ self, args: [full, 'more'] })
    expect(calls.at(-1)!.self).toBe(self)
    expect(calls.at(-1)!.args[0]).toBe(full)
    await turns()
    expect(forwarded).toEqual([full])
  })

  test('sees its channel fail as ever, and the target is told all the same', async () => {
    await using project = await createProject(vite)
    const error = new Error('The WebSocket is undefined')
    const source = withChannel(() => {
      throw error
    })
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'source', to: 'worker' })],
      environments: { source },
    })
    const forwarded = record(server.worker)
    expect(() => server.vite.environments.source!.hot.send(full)).toThrow(error)
    await turns()
    expect(forwarded).toEqual([full])
  })

  test('never sees the bridge fail, and neither does the process', async () => {
    await using project = await createProject(vite, { 'src/a.js': 'export const a = 1' })
    const server = await project.serve({ plugins: [hmrBridge({ from: 'ssr', to: 'worker' })] })
    await server.worker.transformRequest('/src/a.js')
    const [own, forwarded] = [record(server.ssr), record(server.worker)]
    server.worker.moduleGraph.invalidateModule = fail('no graph')
    server.ssr.hot.send(full)
    await turns()
    expect(server.log.matching(/"worker".*no graph/)).toHaveLength(1)
    expect([own, forwarded]).toEqual([[full], [full]])

    const { depsOptimizer } = server.ssr
    Object.defineProperty(server.ssr, 'depsOptimizer', { get: fail('no metadata') })
    server.ssr.hot.send(full)
    await turns()
    expect(server.log.matching(/"ssr".*no metadata/)).toHaveLength(1)
    Object.defineProperty(server.ssr, 'depsOptimizer', { value: depsOptimizer })
    server.ssr.hot.send(full)
    await turns()
    expect([own, forwarded]).toEqual([
      [full, full, full],
      [full, full],
    ])
  })
})

describe('the target', () => {
  test('is told once of several reloads in one tick', async () => {
    await using project = await createProject(vite)
    const server = await project.serve({
      plugins: [hmrBridge({ from: ['ssr', 'client'], to: ['worker', 'other'] })],
      environments: { other: {} },
    })
    const targets = [server.worker, server.vite.environments.other!].map(record)
    server.ssr.hot.send(full)
    server.vite.environments.client.hot.send(full)
    server.ssr.hot.send(full)
    expect(targets).toEqual([[], []])
    await turns()
    expect(targets).toEqual([[full], [full]])
    server.ssr.hot.send(full)
    await turns()
    expect(targets).toEqual([
      [full, full],
      [full, full],
    ])
  })

  test('has lost every transform when it is told, and so has a target behind it', async () => {
    await using project = await createProject(vite, { 'src/a.js': 'export const a = 1' })
    const server = await project.serve({
      plugins: [
        hmrBridge({ from: 'ssr', to: 'worker' }),
        hmrBridge({ from: 'worker', to: 'other' }),
      ],
      environments: { other: {} },
    })
    const targets = [server.worker, server.vite.environments.other!]
    await Promise.all(targets.map((target) => target.transformRequest('/src/a.js')))
    const transforms = (): boolean[] =>
      targets.map(({ moduleGraph }) =>
        [...moduleGraph.idToModuleMap.values()].some(({ transformResult }) => transformResult),
      )
    expect(transforms()).toEqual([true, true])
    const told: boolean[][] = []
    for (const { hot } of targets) {
      hot.api.outsideEmitter.on('send', () => told.push(transforms()))
    }
    server.ssr.hot.send(full)
    await turns()
    expect(told).toEqual([
      [false, false],
      [false, false],
    ])
  })

  test('keeps the transforms of what its own optimizer has bundled', async () => {
    await using project = await createProject(vite, {
      ...dep,
      'node_modules/other/package.json':
        '{ "name": "other", "type": "module", "main": "index.js" }',
      'node_modules/other/index.js': `export { version } from 'virtual:copy'`,
      'src/a.js': `export { version } from 'other'; export { a } from 'dep/a0'`,
    })
    let version = 1
    const copy: Plugin = {
      name: 'copy',
      resolveId: (id) => (id === 'virtual:copy' ? `\0${id}?v=${version}` : null),
      load: (id) =>
        id.startsWith('\0virtual:copy') ? `export const version = ${id.at(-1)}` : null,
    }
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: 'worker' }), copy],
      environments: {
        worker: {
          resolve: { noExternal: true },
          optimizeDeps: {
            noDiscovery: false,
            include: ['dep/a0', 'other'],
            exclude: ['virtual:copy'],
          },
        },
      },
    })
    const { depsOptimizer, moduleGraph } = server.worker
    expect(await server.runner.import('/src/a.js')).toMatchObject({ version: 1 })
    const modules = [...moduleGraph.idToModuleMap.values()]
    const bundled = modules.filter(({ id }) => depsOptimizer!.isOptimizedDepFile(id!))
    const dependencies = bundled.filter(({ id }) => !id!.includes('other'))
    expect(dependencies.length).toBeGreaterThan(0)
    const kept: unknown[] = []
    server.worker.hot.api.outsideEmitter.on('send', ({ type }: HotPayload) => {
      // Modules that the runner fetches again are sent as well.
      if (type !== 'full-reload') return
      kept.push(...modules.filter(({ transformResult }) => transformResult))
    })
    version = 2
    server.ssr.hot.send(full)
    await turns()
    expect(kept).toEqual(dependencies)
    // What imports something that is not bundled may have something of another environment.
    expect(await server.runner.import('/src/a.js')).toMatchObject({ version: 2 })
  })

  test('may have no runner yet', async () => {
    await using project = await createProject(vite, { 'src/a.js': 'export const a = 1' })
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: 'worker' })],
      server: { watch: null },
    })
    await server.worker.transformRequest('/src/a.js')
    await project.write({ 'src/a.js': 'export const a = 2' })
    server.ssr.hot.send(full)
    await turns()
    expect(server.log.lines).toEqual([])
    expect(await server.runner.import('/src/a.js')).toMatchObject({ a: 2 })
  })

  test("may throw, as a Cloudflare worker's channel did before its runner is connected", async () => {
    await using project = await createProject(vite)
    const sent: HotPayload[] = []
    let isConnected = false
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: ['remote', 'worker'] })],
      environments: {
        remote: withChannel((payload) => {
          if (!isConnected) throw new Error('The WebSocket is undefined')
          sent.push(payload)
        }),
      },
    })
    const forwarded = record(server.worker)
    for (let time = 0; time < 2; time++) {
      server.ssr.hot.send(full)
      await turns()
    }
    expect(await server.api.applied('remote')).toBe(false)
    expect(forwarded).toEqual([full, full])
    expect(server.log.matching(/\("remote"\): .*WebSocket is undefined/)).toHaveLength(1)

    isConnected = true
    server.ssr.hot.send(full)
    await turns()
    expect(sent).toEqual([full])
  })
})

describe('cycles', () => {
  test('end', async () => {
    await using project = await createProject(vite)
    const server = await project.serve({ plugins: cycle() })
    const [ssr, worker] = [record(server.ssr), record(server.worker)]
    server.ssr.hot.send(full)
    await turns()
    expect([ssr, worker]).toEqual([[full], [full]])
    server.worker.hot.send(full)
    await turns()
    expect([ssr, worker]).toEqual([
      [full, full],
      [full, full],
    ])
  })

  test('end when another plugin sends later what passes through it', async () => {
    await using project = await createProject(vite)
    const delay: Plugin = {
      name: 'delay',
      configureServer({ environments }) {
        for (const environment of [environments.ssr, environments.worker!]) {
          const send = sendOf(environment)
          Object.assign(environment.hot, {
            send: (payload: HotPayload) => setImmediate(send, payload),
          })
        }
      },
    }
    const server = await project.serve({ plugins: [...cycle(), delay] })
    const [ssr, worker] = [record(server.ssr), record(server.worker)]
    server.ssr.hot.send(full)
    await turns()
    expect([ssr, worker]).toEqual([[full], [full]])
  })

  test('end when a file has no module that accepts it anywhere', async () => {
    await using project = await createProject(vite, {
      'src/entry.js': `import page from 'ssr:/src/page.js'; export { page }`,
      'src/page.js': 'export const page = 1',
    })
    const server = await project.serve({ plugins: [ssrModules(), ...cycle()] })
    await server.runner.import('/src/entry.js')
    const [ssr, worker] = [record(server.ssr), record(server.worker)]
    const [page] = server.ssr.moduleGraph.getModulesByFile(project.file('src/page.js'))!
    // As a plugin may do it: Vite's HMR takes up the file in this environment only.
    await server.ssr.reloadModule(page!)
    await turns()
    expect([reloads(ssr).length, reloads(worker).length]).toEqual([1, 1])
  })
})

describe('storms', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('are spaced out, at growing intervals, and named once', async () => {
    await using project = await createProject(vite)
    const server = await serveTimed(project)
    const forwarded = record(server.worker)
    await reload(server, 30)
    expect(forwarded).toHaveLength(STORM_LIMIT)
    expect(await server.api.applied('worker')).toBe(false)

    // Each reload causes the next one at once.
    for (const pause of [STORM_PAUSE, 2 * STORM_PAUSE, 4 * STORM_PAUSE, STORM_CALM, STORM_CALM]) {
      const before = forwarded.length
      vi.advanceTimersByTime(pause - 1)
      await reload(server, 2)
      expect(forwarded).toHaveLength(before)
      vi.advanceTimersByTime(1)
      expect(forwarded).toHaveLength(before + 1)
      await reload(server, 1)
    }
    expect(server.log.lines).toHaveLength(1)
    expect(server.log.lines[0]).toMatch(/10 reloads.*"worker" because of "\/generated\.js"/)

    vi.advanceTimersByTime(STORM_CALM)
    expect(forwarded).toHaveLength(STORM_LIMIT + 6)
    vi.advanceTimersByTime(STORM_CALM + 1)
    await reload(server, STORM_LIMIT)
    expect(forwarded).toHaveLength(2 * STORM_LIMIT + 6)
  })

  test('may be slow', async () => {
    await using project = await createProject(vite)
    const server = await serveTimed(project)
    const forwarded = record(server.worker)
    for (let time = 0; time < 30; time++) {
      await reload(server, 1)
      vi.advanceTimersByTime(STORM_CALM / 2)
    }
    expect(forwarded.length).toBeLessThan(25)
    expect(server.log.lines).toHaveLength(1)
  })

  test('do not keep back what comes with a new dependency', async () => {
    await using project = await createProject(vite, dep)
    const server = await serveTimed(project)
    const forwarded = record(server.worker)
    await reload(server, STORM_LIMIT + 1)
    const { optimized } = server.ssr.depsOptimizer!.metadata
    optimized['dep/a0'] = { id: 'dep/a0', fileHash: 'first', file: '' }
    server.ssr.hot.send(full)
    await turns()
    expect(forwarded).toHaveLength(STORM_LIMIT + 1)
    // It made up for what was held back.
    vi.advanceTimersByTime(STORM_PAUSE)
    expect(forwarded).toHaveLength(STORM_LIMIT + 1)
  })

  test('are not many files that change once', async () => {
    await using project = await createProject(vite)
    const server = await serveTimed(project)
    const forwarded = record(server.worker)
    for (let index = 0; index < 40; index++) {
      server.ssr.hot.send({ ...fileReload, triggeredBy: `/${index}.js` })
      await turns()
    }
    expect(forwarded).toHaveLength(STORM_LIMIT)
    vi.advanceTimersByTime(STORM_PAUSE)
    expect(forwarded).toHaveLength(STORM_LIMIT + 1)
    expect(server.log.lines).toEqual([])
  })

  test('of the optimizer are told from progress, by the dependency', async () => {
    await using project = await createProject(vite, dep)
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: 'worker' })],
      environments: { ssr: { optimizeDeps: { noDiscovery: true, include: ['dep/a0'] } } },
    })
    const forwarded = record(server.worker)
    const { optimized } = server.ssr.depsOptimizer!.metadata
    const optimize = async (id: string, fileHash: string): Promise<void> => {
      optimized[id] = { id, fileHash, file: '' }
      server.ssr.hot.send(full)
      await turns()
    }
    for (let index = 0; index < 30; index++) await optimize(`dep/a${index}`, 'first')
    expect(forwarded).toHaveLength(30)
    for (let time = 0; time < 30; time++) await optimize('dep/a0', String(time))
    expect(forwarded).toHaveLength(30 + STORM_LIMIT)
    expect(server.log.lines).toHaveLength(1)
    expect(server.log.lines[0]).toMatch(/because of "dep\/a0" among the dependencies of "ssr"/)
  })
})
