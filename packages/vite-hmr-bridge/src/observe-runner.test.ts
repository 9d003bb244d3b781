import { EventEmitter } from 'node:events'
import * as vite from 'vite'
import { DevEnvironment, type EnvironmentOptions, type Plugin } from 'vite'
import { ModuleRunner } from 'vite/module-runner'
import { describe, expect, test } from 'vitest'
import { hmrBridge, observeRunner } from './index.ts'
import { createProject, majors, ssrModules, type Server } from './project.ts'

const files = {
  'src/entry.js': `import page from 'ssr:/src/page.js'; export { page }`,
  'src/page.js': 'export const page = 1',
}

const observing: Plugin = hmrBridge(() => false)

const seen = (environment: DevEnvironment): [boolean, string[]] => {
  const { fetchedBy, hasRunner } = observeRunner(environment)
  return [hasRunner, [...fetchedBy].map(({ name }) => name)]
}

const nobody: [boolean, string[]] = [false, []]

/** Whether somebody has created the environment's runner. */
const isCreated = (environment: DevEnvironment): boolean =>
  Reflect.get(environment, '_runner') !== undefined

describe.each(majors)('Vite %s', (_name, major) => {
  test("nobody runs Vite's default environment until somebody does", async () => {
    await using project = await createProject(major, files)
    const { ssr, vite: server } = await project.serve({ plugins: [observing] })
    await ssr.transformRequest('/src/page.js')
    await ssr.fetchModule('/src/page.js')
    expect(seen(ssr)).toEqual(nobody)
    expect(observeRunner(ssr).runner).toBeUndefined()
    expect(isCreated(ssr)).toBe(false)

    const { runner } = server.environments.ssr as vite.RunnableDevEnvironment
    expect(seen(ssr)).toEqual(nobody)
    await runner.import('/src/page.js')
    expect(seen(ssr)).toEqual([true, []])
    expect(observeRunner(ssr).runner).toBe(runner)
  })

  test('`ssrLoadModule()` brings a runner of its own', async () => {
    await using project = await createProject(major, files)
    const { ssr, vite: server } = await project.serve({ plugins: [observing] })
    await server.ssrLoadModule('/src/page.js')
    expect(seen(ssr)).toEqual([true, []])
    expect(isCreated(ssr)).toBe(false)
  })

  test("a `load` hook fetches for the environment's runner that it is called for", async () => {
    await using project = await createProject(major, files)
    const server = await project.serve({ plugins: [ssrModules(), observing] })
    await server.runner.import('/src/entry.js')
    expect(seen(server.ssr)).toEqual([false, ['worker']])
    expect(seen(server.worker)).toEqual([true, []])
    expect(isCreated(server.ssr)).toBe(false)
  })

  test('a hook may use the runner of another environment, which is no fetch', async () => {
    await using project = await createProject(major, files)
    const computed: Plugin = {
      name: 'computed',
      resolveId: (id) => (id === 'virtual:computed' ? `\0${id}` : null),
      async load(id) {
        if (id !== '\0virtual:computed') return null
        const { page } = await runnerOf(server).import<{ page: number }>('/src/page.js')
        return `export const page = ${page}`
      },
    }
    const server: Server = await project.serve({ plugins: [computed, observing] })
    expect(await server.runner.import('virtual:computed')).toMatchObject({ page: 1 })
    expect(seen(server.ssr)).toEqual([true, []])
  })

  test('a hook may have modules transformed, which counts until a runner appears', async () => {
    await using project = await createProject(major, files)
    const copy: Plugin = {
      name: 'copy',
      resolveId: (id) => (id === 'virtual:copy' ? `\0${id}` : null),
      async load(id) {
        if (id !== '\0virtual:copy') return null
        const { code } = (await server.ssr.transformRequest('/src/page.js'))!
        return `export const code = ${JSON.stringify(code)}`
      },
    }
    const server: Server = await project.serve({ plugins: [copy, ssrModules(), observing] })
    await server.runner.import('virtual:copy')
    expect(seen(server.ssr)).toEqual([false, ['worker']])
    await runnerOf(server).import('/src/page.js')
    expect(seen(server.ssr)).toEqual([true, []])
    await server.runner.import('/src/entry.js')
    expect(seen(server.ssr)).toEqual([true, ['worker']])
  })

  test("the browser's plugins do not count", async () => {
    await using project = await createProject(major, files)
    const server = await project.serve({ plugins: [ssrModules(), observing] })
    await server.vite.environments.client.transformRequest('ssr:/src/page.js')
    expect(seen(server.ssr)).toEqual(nobody)
  })
})

const runnerOf = ({ vite: { environments } }: Server): ModuleRunner =>
  (environments.ssr as vite.RunnableDevEnvironment).runner

const remote = (
  createEnvironment: (name: string, config: vite.ResolvedConfig) => DevEnvironment,
): Record<string, EnvironmentOptions> => ({
  remote: { dev: { createEnvironment }, resolve: { noExternal: true } },
})

test('a subclass without a transport has no runner', async () => {
  await using project = await createProject(vite, files)
  class OwnEnvironment extends DevEnvironment {}
  const server = await project.serve({
    plugins: [observing],
    environments: remote((name, config) => new OwnEnvironment(name, config, { hot: true })),
  })
  expect(seen(server.vite.environments['remote']!)).toEqual(nobody)
})

test('a runner that has its requests handled, as that of the Cloudflare plugin', async () => {
  await using project = await createProject(vite, files)
  const server = await project.serve({
    plugins: [observing],
    environments: remote((name, config) => new DevEnvironment(name, config, { hot: true })),
  })
  const environment = server.vite.environments['remote']!
  const runner = new ModuleRunner({
    hmr: false,
    transport: { invoke: (data) => environment.hot.handleInvoke(data) },
  })
  expect(seen(environment)).toEqual(nobody)
  expect(await runner.import('/src/page.js')).toMatchObject({ page: 1 })
  expect(seen(environment)).toEqual([true, []])
})

test('a runner behind a channel of messages, in a fetchable environment', async () => {
  await using project = await createProject(vite, files)
  const wire = new EventEmitter()
  const transport: vite.HotChannel = {
    send: (payload) => void wire.emit('down', payload),
    on: (event: string, listener: (...args: any[]) => void) => void wire.on(event, listener),
    off: (event: string, listener: any) => void wire.off(event, listener),
  }
  const client = { send: (payload: unknown) => wire.emit('down', payload) }
  const server = await project.serve({
    plugins: [observing],
    environments: remote((name, config) =>
      vite.createFetchableDevEnvironment(name, config, {
        hot: true,
        transport,
        handleRequest: async () => {
          const { page } = await runner.import('/src/page.js')
          return new Response(String(page))
        },
      }),
    ),
  })
  const runner = new ModuleRunner({
    hmr: false,
    transport: {
      connect: ({ onMessage }) => void wire.on('down', onMessage),
      send: (payload: any) => void wire.emit(payload.event, payload.data, client),
    },
  })
  const environment = server.vite.environments['remote'] as vite.FetchableDevEnvironment
  expect(seen(environment)).toEqual(nobody)
  const response = await environment.dispatchFetch(new Request('http://localhost/'))
  expect(await response.text()).toBe('1')
  expect(seen(environment)).toEqual([true, []])
})

test('who subscribes hears of each new fact once', async () => {
  await using project = await createProject(vite, files)
  const server = await project.serve({ plugins: [ssrModules(), observing] })
  const heard: unknown[] = []
  for (const environment of [server.ssr, server.worker]) {
    observeRunner(environment).subscribe(() => heard.push([environment.name, ...seen(environment)]))
  }
  await server.runner.import('/src/entry.js')
  await server.runner.import('/src/page.js')
  expect(heard).toEqual([
    ['worker', true, []],
    ['ssr', false, ['worker']],
  ])
})
