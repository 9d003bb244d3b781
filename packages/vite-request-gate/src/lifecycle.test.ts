import * as vite from 'vite'
import { describe, expect, test } from 'vitest'
import { PACKAGE_NAME } from './constants.ts'
import { requestGate } from './index.ts'
import { createProject, majors, sendOf, slowUpdates } from './project.ts'
import type { RequestGateOptions } from './index.ts'

const files = {
  'src/value.js': 'export const value = 1',
  'src/entry.js': `
    import { value } from './value.js'
    export default (request, response) => response.end('value ' + value)`,
}

/** As the Cloudflare plugin does (`getDevContainerCleanup`): what restarts begin with is a copy. */
const copiesConfig: vite.Plugin = {
  name: 'copies-config',
  configureServer(server) {
    const { inlineConfig } = server.config
    if ('isCopy' in inlineConfig) return
    const copy: vite.InlineConfig & { isCopy: true } = { ...inlineConfig, isCopy: true }
    server.config = { ...server.config, inlineConfig: copy }
  },
}

describe.each(majors)('Vite %s', (_name, major) => {
  test('a restart answers those who wait, and the next server serves', async () => {
    await using project = await createProject(major, files)
    const updates = slowUpdates()
    const server = await project.serve({}, { plugins: [updates, copiesConfig] })
    await server.get()
    await project.edit('src/value.js', '1', '2')
    await updates.entered
    const waiting = Array.from({ length: 50 }, (_, index) => server.get(`/${index}`))
    await expect.poll(() => server.api.stats.waiting).toBe(50)
    await server.vite.restart()
    for (const answer of waiting) {
      const { headers, status, text } = await answer
      expect(status).toBe(503)
      expect(headers.get('retry-after')).toBe('1')
      expect(headers.get('x-holdfast-reason')).toBe('the server was restarted')
      expect(text).toContain('it was not run')
    }
    updates.open()
    const port = (server.vite.httpServer!.address() as { port: number }).port
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('value 2')
    expect(server.api.stats.waiting).toBe(0)
    await server.api.settled()
  })

  test('a plugin that delivers changes in its own way is heard', async () => {
    await using project = await createProject(major, files)
    const delivered: string[] = []
    const ordered: vite.Plugin = {
      name: 'ordered',
      config: () => ({
        server: {
          async hotUpdateEnvironments({ environments }, hmr) {
            for (const environment of Object.values(environments)) {
              delivered.push(environment.name)
              await hmr(environment)
            }
          },
        },
      }),
    }
    const server = await project.serve({ timeout: 60_000 }, { plugins: [ordered] })
    await server.get()
    await project.edit('src/value.js', '1', '2')
    await expect.poll(async () => (await server.get()).text).toBe('value 2')
    expect(delivered).toEqual(['client', 'ssr', 'worker'])
  })

  test('a runner that nobody has created is not created', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    expect((await server.get()).text).toBe('value 1')
    await project.edit('src/value.js', '1', '2')
    await expect.poll(async () => (await server.get()).text).toBe('value 2')
    const { ssr } = server.vite.environments
    // What the getter `runner` would fill.
    expect(Object.keys(ssr)).toContain('_runner')
    expect(Reflect.get(ssr, '_runner')).toBeUndefined()
    expect(ssr.moduleGraph.idToModuleMap.size).toBe(0)
  })

  test('nothing is left behind when the server is closed', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    const wrapped = sendOf(server.worker)
    await server.get()
    await server.vite.close()
    await server.api.settled()
    expect(sendOf(server.worker)).not.toBe(wrapped)
    expect(server.api.stats.waiting).toBe(0)
  })

  test('it steps aside where Vite is not as expected, and says so once', async () => {
    await using project = await createProject(major, files)
    const strange: vite.Plugin = {
      name: 'strange',
      enforce: 'pre',
      configResolved({ plugins }) {
        // Before the gate looks.
        const { configureServer } = plugins.find(({ name }) => name === PACKAGE_NAME)!
        const hook = configureServer as { handler: (server: vite.ViteDevServer) => () => void }
        const { handler } = hook
        hook.handler = (server) => {
          Object.assign(server.environments['worker']!.moduleGraph, { invalidateAll: undefined })
          return handler(server)
        }
      },
    }
    const server = await project.serve({}, { plugins: [strange] })
    expect((await server.get()).text).toBe('value 1')
    expect(server.log.matching(/not as expected .*invalidateAll.* "worker"/)).toHaveLength(1)
    expect(server.api.stats.held).toBe(0)
  })
})

test.each<[RequestGateOptions, RegExp]>([
  [
    { environments: ['wroker'] },
    /no environment is named "wroker"; this server has client, ssr, worker;/,
  ],
  [{ environments: ['toString'] }, /no environment is named "toString"/],
])('a server does not start with %j', async (options, message) => {
  await using project = await createProject(vite, files)
  await expect(project.serve(options)).rejects.toThrow(message)
})

test.each<[object, RegExp]>([
  [{ timeOut: 1 }, /there is no option "timeOut"; there are environments, timeout,/],
  [{ environments: 'worker' }, /`environments` must be a list of names/],
  [{ replay: '/api' }, /`replay` must be a list of paths, or a function/],
])('%j is refused', (options, message) => {
  expect(() => requestGate(options)).toThrow(message)
})

test('a build has nothing of it', async () => {
  await using project = await createProject(vite, { 'index.html': '<title>page</title>' })
  const plugins = requestGate()
  const { output } = (await vite.build({
    root: project.file('.'),
    configFile: false,
    logLevel: 'silent',
    plugins,
    build: { write: false },
  })) as { output: { fileName: string }[] }
  expect(output.map(({ fileName }) => fileName)).toEqual(['index.html'])
})
