import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Plugin, ViteDevServer } from 'vite'
import { describe, expect, test, vi } from 'vitest'
import { findRefusal } from './page-access.ts'
import type { StateData, TimelineData } from './page-server.ts'
import { createProject, majors } from './project.ts'
import type { Project, Server } from './project.ts'
import { sessionOf } from './session.ts'
import type { Entry } from './timeline.ts'
import type { HoldfastOptions } from './vite.ts'

const begun: Omit<Entry, 'id'> = {
  environment: 'ssr',
  outcome: 'pending',
  dependencies: [{ id: 'dep', importers: ['src/a.ts', 'src/b.ts'] }],
  startedAt: 0,
  duration: 0,
  requests: { held: 0, longest: 0, replayed: 0, failed: 0 },
  reloads: [],
}

interface Page extends Server {
  url: string
}

/** A server that listens, with its WebSocket. */
async function listen(
  project: Project,
  options?: HoldfastOptions,
  config: Parameters<Project['serve']>[1] = {},
): Promise<Page> {
  const server = await project.serve(options, {
    appType: 'custom',
    ...config,
    server: {
      middlewareMode: false,
      ws: undefined,
      port: 0,
      host: '127.0.0.1',
      ...config.server,
    },
  })
  await server.vite.listen()
  const { port } = server.vite.httpServer!.address() as AddressInfo
  return Object.defineProperties(
    { url: `http://127.0.0.1:${port}` },
    Object.getOwnPropertyDescriptors(server),
  ) as Page
}

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

/** With any headers and any path, as `fetch` has its own ideas about those. */
async function ask(
  { url }: Page,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const sent = request({ hostname, port, path, headers, method }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode!, headers: response.headers, text }
}

const asksFor = async <T>(server: Page, name: string): Promise<T> =>
  JSON.parse((await ask(server, `/__holdfast/${name}`)).text)

describe.each(majors)('Vite %s', (_, vite) => {
  test('the page and what it shows are served', async () => {
    await using project = await createProject({}, vite)
    const server = await listen(project, { state: false })
    const page = await ask(server, '/__holdfast/?any')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; /,
    )
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page.text)![1]!
    expect(await ask(server, `/__holdfast/${script}`)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    })
    expect(await ask(server, '/__holdfast')).toMatchObject({
      status: 302,
      headers: { location: './__holdfast/' },
    })
    expect(await ask(server, '/__holdfast/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' })

    server.timeline.begin(begun)
    const { config } = server.vite
    sessionOf(config).suggest('ssr', 'dep', config.logger)
    expect(await asksFor<TimelineData>(server, 'timeline.json')).toEqual({
      environments: Object.keys(server.vite.environments),
      entries: [{ id: 1, ...begun }],
      advice: "  environments: {\n    ssr: { optimizeDeps: { include: ['dep'] } },\n  },",
    })
  })

  test('who is open hears of each change, and nobody listens otherwise', async () => {
    await using project = await createProject({}, vite)
    const server = await listen(project, { state: false })
    const stop = vi.fn()
    const { timeline } = server
    const subscribeTo = timeline.subscribe.bind(timeline)
    const subscribe = vi.spyOn(timeline, 'subscribe').mockImplementation((listener) => {
      stop.mockImplementation(subscribeTo(listener))
      return stop
    })
    server.timeline.begin(begun)
    const { config } = server.vite

    // As the frame does, with what Vite's client knows.
    const code = (await ask(server, '/@id/__x00__virtual:holdfast/page-live')).text
    expect(code).toContain('/@vite/client')
    const socket = new WebSocket(
      `${server.url.replace('http', 'ws')}/?token=${config.webSocketToken}`,
      'vite-hmr',
    )
    const heard: unknown[] = []
    socket.addEventListener('message', ({ data }) => heard.push(JSON.parse(data)))
    await once(socket, 'open')
    expect(subscribe).not.toHaveBeenCalled()
    const watch = JSON.stringify({ type: 'custom', event: 'holdfast:watch' })
    socket.send(watch)
    socket.send(watch)
    await expect.poll(() => subscribe.mock.calls).toHaveLength(1)

    const entry = server.timeline.begin(begun)
    server.timeline.change(entry, { outcome: 'added' })
    const changed = { type: 'custom', event: 'holdfast:changed' }
    await expect.poll(() => heard).toContainEqual(changed)
    // No more than that something did.
    expect(heard).toEqual([{ type: 'connected' }, changed])
    expect(subscribe).toHaveBeenCalledOnce()

    socket.close()
    await expect.poll(() => server.vite.ws.clients.size).toBe(0)
    server.timeline.change(entry, {})
    await expect.poll(() => stop.mock.calls).toHaveLength(1)
  })

  test('the page shows what is reported, also where a plugin has replaced the inline config', async () => {
    await using project = await createProject({}, vite)
    const server = await listen(project, { state: false })
    const { config } = server.vite
    Object.assign(config, { inlineConfig: structuredClone({}) })
    server.timeline.begin(begun)
    expect((await asksFor<TimelineData>(server, 'timeline.json')).entries).toHaveLength(1)
  })

  test('below a base', async () => {
    await using project = await createProject({}, vite)
    const server = await listen(project, { state: false }, { base: '/some/base/' })
    expect((await ask(server, '/some/base/__holdfast/')).status).toBe(200)
    expect((await ask(server, '/some/base/@id/__x00__virtual:holdfast/page-live')).status).toBe(200)
    expect((await ask(server, '/__holdfast/')).status).toBe(404)
  })
})

test('foreign requests are refused', async () => {
  await using project = await createProject({})
  const server = await listen(project)
  const { host, port } = new URL(server.url)
  for (const path of ['/__holdfast/', '/__holdfast/timeline.json', '/__holdfast/state.json']) {
    const foreign: Record<string, string>[] = [
      { host: `evil.example:${port}` },
      { host, origin: 'http://evil.example' },
      // Vite's own CORS headers let any origin on this machine read.
      { host, origin: 'http://localhost:1' },
      { host, origin: 'null' },
      { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' },
      { host, 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'iframe' },
      { host, 'x-forwarded-for': '203.0.113.1' },
      { host, 'x-forwarded-for': '127.0.0.1, 203.0.113.1' },
      { host, 'x-real-ip': '203.0.113.1' },
      { host, forwarded: 'for=203.0.113.1;proto=http' },
      { host, forwarded: 'For="[2001:db8::1]:4711"' },
      { host, forwarded: 'by=127.0.0.1;for=127.0.0.1, proto=http; FOR = 203.0.113.1' },
      // What was sent, with a quote that does not end, and what the proxy added.
      { host, forwarded: 'for="127.0.0.1, for=203.0.113.1' },
      { host, forwarded: 'for=unknown' },
      { host, forwarded: 'for=_hidden' },
      { host, 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '203.0.113.1' },
    ]
    for (const headers of foreign) {
      expect(await ask(server, path, headers), JSON.stringify(headers)).toMatchObject({
        status: 403,
        text: expect.not.stringContaining('environments'),
      })
    }
    const own: Record<string, string>[] = [
      { host, origin: server.url },
      { host: `localhost:${port}`, origin: `http://localhost:${port}` },
      { host, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' },
      // A link that was followed.
      { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' },
      { host, 'x-forwarded-for': '::1' },
      { host, 'x-real-ip': '127.0.0.1' },
      { host, forwarded: 'for=127.0.0.1:4711;by=203.0.113.43, for="[::1]"' },
      { host, forwarded: 'proto=https;host=example.org' },
    ]
    for (const headers of own) {
      expect(await ask(server, path, headers), JSON.stringify(headers)).toMatchObject({
        status: 200,
      })
    }
  }
  expect((await ask(server, '/__holdfast/', {}, 'POST')).status).toBe(405)
})

const from = (remoteAddress: string | undefined, remote: boolean): string | undefined =>
  findRefusal({ headers: { host: 'a' }, socket: { remoteAddress } } as IncomingMessage, remote)

test('other machines are refused unless they may', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    expect(from(address, false)).toBeUndefined()
  }
  for (const address of ['192.168.0.2', '::ffff:192.168.0.2', 'fe80::1', '127.evil', undefined]) {
    expect(from(address, false)).toContain('page: { remote: true }')
    expect(from(address, true)).toBeUndefined()
  }
})

test('with `remote`, another origin is refused all the same', async () => {
  await using project = await createProject({})
  const server = await listen(project, { page: { remote: true } })
  const proxied = { 'x-forwarded-for': '203.0.113.1' }
  expect((await ask(server, '/__holdfast/', proxied)).status).toBe(200)
  const foreign = { ...proxied, origin: 'http://evil.example' }
  expect((await ask(server, '/__holdfast/', foreign)).status).toBe(403)
})

test.each([
  '/__holdfast/../package.json',
  '/__holdfast/..%2f..%2fpackage.json',
  '/__holdfast/../../../../../../etc/passwd',
  '/__holdfast/assets',
  '/__holdfast/constructor',
])('%s is no file of the page', async (path) => {
  await using project = await createProject({})
  expect((await ask(await listen(project), path)).status).toBe(404)
})

test('what only begins as the page is not the page', async () => {
  await using project = await createProject({})
  const other: Plugin = {
    name: 'other',
    configureServer: ({ middlewares }) => {
      middlewares.use('/__holdfastened', (_request, response) => void response.end('other'))
    },
  }
  const { holdfast } = await import('./vite.ts')
  const server = await listen(project, {}, { plugins: [holdfast(), other] })
  expect((await ask(server, '/__holdfastened')).text).toBe('other')
})

test('`page: false` is no page', async () => {
  await using project = await createProject({})
  const server = await listen(project, { page: false })
  for (const path of ['/__holdfast/', '/__holdfast/timeline.json']) {
    expect((await ask(server, path)).status).toBe(404)
  }
})

test('values are told only where they are asked for', async () => {
  await using project = await createProject({
    'src/entry.js': `
      import { defineRwState } from 'rwsdk/__state'
      defineRwState('page.test', () => 'a secret')`,
  })
  for (const page of [undefined, {}, { values: false }, { values: true }]) {
    const hasValues = page?.values ?? false
    const server = await listen(project, { page })
    await server.run('src/entry.js')
    const data = await asksFor<StateData>(server, 'state.json')
    expect(data.hasValues).toBe(hasValues)
    expect(data.keys).toEqual([
      expect.objectContaining({ environments: ['ssr'], key: 'page.test', type: 'string' }),
    ])
    expect(data.keys![0]!.value).toBe(hasValues ? '"a secret"' : undefined)
  }
  expect(await asksFor<StateData>(await listen(project, { state: false }), 'state.json')).toEqual({
    hasValues: false,
  })
})

test('the gate does not hold the page', async () => {
  await using project = await createProject({ 'src/entry.js': 'export {}' })
  let open!: () => void
  let enter!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  const entered = new Promise<void>((resolve) => (enter = resolve))
  const slow: Plugin = {
    name: 'slow',
    async hotUpdate() {
      if (this.environment.name !== 'ssr') return
      enter()
      await opened
    },
  }
  const { holdfast } = await import('./vite.ts')
  const server = await listen(project, {}, { plugins: [holdfast(), slow] })
  await server.run('src/entry.js')
  await project.write({ 'src/entry.js': 'export const edited = true' })
  await entered
  const application = ask(server, '/')
  for (const path of ['/__holdfast/', '/__holdfast/timeline.json', '/__holdfast/state.json']) {
    expect((await ask(server, path)).status).toBe(200)
  }
  // That others are held.
  const winner = await Promise.race([application.then(() => 'application'), held(server.vite)])
  expect(winner).toBe('held')
  open()
  await application
})

async function held({ config }: ViteDevServer): Promise<'held'> {
  const { api } = config.plugins.find(({ name }) => name === '@holdfast/vite-request-gate')!
  await expect.poll(() => api.stats.waiting).toBe(1)
  return 'held'
}

test('an entry in the dock of the devtools', async () => {
  await using project = await createProject({})
  const { vite } = await project.serve({}, { base: '/some/base/' })
  const plugin = vite.config.plugins.find(({ name }) => name === 'holdfast:page')!
  const { devtools } = plugin as unknown as { devtools: { setup: (context: object) => void } }
  const register = vi.fn()
  devtools.setup({ viteConfig: vite.config, docks: { register } })
  expect(register).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ id: 'holdfast', type: 'iframe', url: '/some/base/__holdfast/' }),
  )
  // It is experimental there.
  devtools.setup({})
})
