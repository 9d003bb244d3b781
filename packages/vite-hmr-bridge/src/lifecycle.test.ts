import { EventEmitter } from 'node:events'
import { setImmediate as immediate } from 'node:timers/promises'
import * as vite from 'vite'
import {
  DevEnvironment,
  type HotChannel,
  type HotPayload,
  type Plugin,
  type ResolvedConfig,
} from 'vite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { CLIENT_ID, PONG_EVENT, STORM_LIMIT, STORM_PAUSE } from './constants.ts'
import { hmrBridge } from './index.ts'
import { createProject, majors, record, sendOf, ssrModules } from './project.ts'

const full: HotPayload = { type: 'full-reload', path: '*' }
const files = { 'src/entry.js': `import '${CLIENT_ID}'` }

afterEach(() => {
  vi.useRealTimers()
})

describe.each(majors)('Vite %s', (_name, major) => {
  test('a restart moves the bridge to the new environments', async () => {
    await using project = await createProject(major, files)
    const originals: unknown[] = []
    const spy: Plugin = {
      name: 'spy',
      enforce: 'pre',
      configureServer: {
        order: 'pre',
        handler: ({ environments }) => void originals.push(sendOf(environments.ssr)),
      },
    }
    // Twice, as a framework and a user may do it.
    const bridge = { from: 'ssr', to: 'worker' }
    const server = await project.serve({ plugins: [spy, hmrBridge(bridge), hmrBridge(bridge)] })
    for (let start = 0; start < 3; start++) {
      const { ssr } = server
      const forwarded = record(server.worker)
      await server.runner.import('/src/entry.js')
      ssr.hot.send(full)
      expect(await server.api.applied('worker')).toBe(true)
      expect(forwarded.filter(({ type }) => type === 'full-reload')).toEqual([full])
      expect(sendOf(ssr)).not.toBe(originals[start])
      await server.vite.restart()
      expect(server.ssr).not.toBe(ssr)
      expect(sendOf(ssr)).toBe(originals[start])
      ssr.hot.send(full)
      await immediate()
      expect(forwarded.filter(({ type }) => type === 'full-reload')).toEqual([full])
    }
  })

  test('a restart that fails leaves the bridge where it is', async () => {
    await using project = await createProject(major, files)
    let starts = 0
    const failing: Plugin = {
      name: 'failing',
      configureServer() {
        if (++starts === 2) throw new Error('cannot start')
      },
    }
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: 'worker' }), failing],
    })
    await server.runner.import('/src/entry.js')
    await server.vite.restart()
    expect(server.log.matching(/server restart failed/)).toHaveLength(1)
    const forwarded = record(server.worker)
    server.ssr.hot.send(full)
    expect(await server.api.applied('worker')).toBe(true)
    expect(forwarded[0]).toEqual(full)
  })
})

describe('closing', () => {
  test('leaves what others have wrapped since, and is out of it', async () => {
    await using project = await createProject(vite)
    const server = await project.serve({ plugins: [hmrBridge({ from: 'ssr', to: 'worker' })] })
    const { ssr, worker } = server
    const inner = sendOf(ssr)
    const outer = (payload: HotPayload): void => inner(payload)
    Object.assign(ssr.hot, { send: outer })
    await server.vite.close()
    expect(sendOf(ssr)).toBe(outer)
    const forwarded: HotPayload[] = []
    Object.assign(worker.hot, { send: (payload: HotPayload) => forwarded.push(payload) })
    ssr.hot.send(full)
    await immediate()
    expect(forwarded).toEqual([])
  })

  test('concerns only what is closed, be it one environment', async () => {
    await using project = await createProject(vite)
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: ['worker', 'other'] })],
      environments: { other: {} },
    })
    const { client, other } = server.vite.environments
    const forwarded = [server.worker, other!].map(record)
    await Promise.all([client.close(), other!.close()])
    server.ssr.hot.send(full)
    await immediate()
    expect(forwarded).toEqual([[full], []])
  })

  test('forwards nothing that is pending', async () => {
    await using project = await createProject(vite)
    const forwarded: HotPayload[] = []
    const last: Plugin = {
      name: 'last',
      enforce: 'pre',
      closeBundle() {
        const { ssr, worker } = server
        Object.assign(worker.hot, { send: (payload: HotPayload) => forwarded.push(payload) })
        ssr.hot.send(full)
      },
    }
    const plugins = [last, hmrBridge({ from: 'ssr', to: 'worker' })]
    const server = await project.serve({ plugins })
    await server.vite.close()
    await immediate()
    expect(forwarded).toEqual([])
  })

  test('ends waiting and timers', async () => {
    await using project = await createProject(vite)
    const server = await project.serve({ plugins: [hmrBridge({ from: 'ssr', to: 'worker' })] })
    const { worker, ssr, api } = server
    const { innerEmitter } = worker.hot.api
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const applied = api.applied('worker')
    await immediate()
    // The handshake's, and that of who observes the runner.
    expect(innerEmitter.listenerCount(PONG_EVENT)).toBe(2)
    for (let time = 0; time <= STORM_LIMIT; time++) {
      ssr.hot.send({ ...full, triggeredBy: '/x.js' })
      await immediate()
    }
    const closing = server.vite.close()
    expect(await applied).toBe(false)
    // With the clock stopped, not even a timeout could answer.
    expect(await api.applied('worker')).toBe(false)
    expect(innerEmitter.listenerCount(PONG_EVENT)).toBe(0)
    const sent: HotPayload[] = []
    Object.assign(worker.hot, { send: (payload: HotPayload) => sent.push(payload) })
    vi.advanceTimersByTime(STORM_PAUSE)
    expect(sent).toEqual([])
    vi.useRealTimers()
    await closing
  })

  test('takes its listener away from a channel that lives on', async () => {
    await using project = await createProject(vite)
    const channel = new EventEmitter()
    const transport: HotChannel = {
      send: () => {},
      on: (event: string, listener: (...args: any[]) => void) => void channel.on(event, listener),
      off: (event: string, listener: any) => void channel.off(event, listener),
    }
    const server = await project.serve({
      plugins: [hmrBridge({ from: 'ssr', to: 'remote' })],
      environments: {
        remote: {
          dev: {
            createEnvironment: (name, config) =>
              new DevEnvironment(name, config, { hot: true, transport }),
          },
        },
      },
    })
    const applied = server.api.applied('remote')
    await immediate()
    expect(channel.listenerCount(PONG_EVENT)).toBe(2)
    await server.vite.close()
    expect(await applied).toBe(false)
    expect(channel.listenerCount(PONG_EVENT)).toBe(0)
    // Vite's own stays.
    expect(channel.listenerCount('vite:invoke')).toBe(1)
  })
})

test('without HMR it says so once and does nothing', async () => {
  await using project = await createProject(vite)
  const bridge = { from: 'ssr', to: ['worker', 'mute'] }
  const server = await project.serve({
    plugins: [hmrBridge(bridge), hmrBridge(bridge)],
    server: { hmr: false },
    environments: {
      mute: {
        dev: {
          createEnvironment: (name, config) => new DevEnvironment(name, config, { hot: true }),
        },
      },
    },
  })
  const forwarded = record(server.worker)
  server.ssr.hot.send(full)
  expect(await server.api.applied('worker')).toBe(false)
  expect(forwarded).toEqual([])
  expect(server.log.matching(/`server\.hmr` is false/)).toHaveLength(1)
})

test('without HMR, routes that are found are told of when there is something to forward', async () => {
  await using project = await createProject(vite, {
    'src/entry.js': `import page from 'ssr:/src/page.js'; export { page }`,
    'src/page.js': 'export const page = 1',
  })
  const server = await project.serve({
    plugins: [ssrModules(), hmrBridge(() => ({ from: 'ssr', to: 'worker' }))],
    server: { hmr: false },
  })
  expect(server.log.lines).toEqual([])
  await server.runner.import('/src/entry.js')
  expect(server.log.matching(/`server\.hmr` is false/)).toHaveLength(1)
})

test('it is in place before another plugin evaluates code in its `configureServer`', async () => {
  await using project = await createProject(vite)
  const forwarded: HotPayload[] = []
  const early: Plugin = {
    name: 'early',
    enforce: 'pre',
    async configureServer({ environments }) {
      forwarded.push(...(await sendEarly(environments)))
    },
  }
  const sendEarly = async (
    environments: vite.ViteDevServer['environments'],
  ): Promise<HotPayload[]> => {
    const payloads = record(environments.worker!)
    environments.ssr.hot.send(full)
    await immediate()
    return payloads
  }
  await project.serve({ plugins: [early, hmrBridge({ from: 'ssr', to: 'worker' })] })
  expect(forwarded).toEqual([full])
})

test('a build ignores it, and its client is empty there', async () => {
  await using project = await createProject(vite, files)
  let config: ResolvedConfig | undefined
  const output = await vite.build({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      hmrBridge({ from: 'nowhere', to: 'worker' }),
      { name: 'config', configResolved: (resolved) => void (config = resolved) },
    ],
    build: { write: false, ssr: project.file('src/entry.js'), minify: false },
  })
  expect(config).toBeDefined()
  const [chunk] = [output].flat().flatMap((result) => ('output' in result ? result.output : []))
  expect(chunk).toMatchObject({ type: 'chunk' })
  expect('code' in chunk! && chunk.code).not.toContain('vite-hmr-bridge:')
})
