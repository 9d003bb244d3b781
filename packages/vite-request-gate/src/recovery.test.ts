import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as vite from 'vite'
import { describe, expect, test } from 'vitest'
import { requestGate } from './index.ts'
import { createProject, majors, RELOADING, sendOf } from './project.ts'

/** `/late?N` loads a dependency that nothing but running the code can find. */
const files = {
  'src/entry.js': `
    import 'dep/a0'
    const late = (index) => import(/* @vite-ignore */ ['/src/late', '.js'].join(index))
    export default async (request, response) => {
      const state = (globalThis.gateTest ??= { runs: [] })
      const body = (await request.toArray()).join('')
      const { searchParams } = new URL(request.url, 'http://localhost')
      state.runs.push(request.method + ' ' + body)
      if (request.url.startsWith('/streamed')) {
        response.writeHead(200)
        response.write('begun ')
      }
      if (!searchParams.has('late')) return response.end('hello ' + body)
      const index = searchParams.get('late')
      const { b } = await late(index === 'each' ? state.runs.length - 1 : index)
      if (searchParams.has('throw')) throw new Error('after it had begun')
      if (searchParams.has('fail') && state.runs.length <= Number(searchParams.get('fail'))) {
        response.statusCode = 500
        response.setHeader('x-failed', 'yes')
        return response.end('it was overtaken')
      }
      response.end('index ' + b.index + body)
    }`,
  ...Object.fromEntries(
    [0, 1, 2, 3].map((index) => [`src/late${index}.js`, `export { b } from 'dep/b${index}'`]),
  ),
}

const state = (): { runs: string[] } => Reflect.get(globalThis, 'gateTest')

describe.each(majors)('Vite %s', (_name, major) => {
  test('a GET that a reload overtook is run once more', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    await server.get()
    await server.api.settled()
    state().runs = []
    const answer = await server.get('/?late=0&fail=1')
    expect(answer).toMatchObject({ status: 200, text: 'index 0' })
    expect(answer.headers.get('x-failed')).toBeNull()
    expect(state().runs).toHaveLength(2)
    expect(server.log.matching(RELOADING)).toHaveLength(1)
    expect(server.api.stats).toMatchObject({ replays: 1, answers: 0 })
    expect(server.reports.at(-1)).toEqual({
      type: 'replayed',
      url: 'GET /?late=0&fail=1',
      reason: 'a reload overtook the request',
    })
  })

  test('a second failure is shown as it is', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    await server.get()
    await server.api.settled()
    state().runs = []
    const { status, text } = await server.get('/?late=each&fail=9')
    expect({ status, text }).toEqual({ status: 500, text: 'it was overtaken' })
    expect(state().runs).toHaveLength(2)
  })

  test('a POST is not run again, and told so', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    const reloads: unknown[] = []
    const { hot } = server.vite.environments.client
    const send = sendOf(server.vite.environments.client)
    hot.send = (...args: any[]) => {
      if (args[0].type === 'full-reload') reloads.push(args[0])
      Reflect.apply(send, hot, args)
    }
    await server.get()
    await server.api.settled()
    state().runs = []
    const answer = await server.get('/?late=0&fail=1', { method: 'POST', body: 'x' })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('x-holdfast-reason')).toBe('a reload overtook the request')
    expect(answer.text).toMatch(/^The dev server could not complete this request, .*\.\n$/)
    expect(state().runs).toEqual(['POST x'])
    await expect.poll(() => reloads).toEqual([{ type: 'full-reload', path: '*' }])
    expect(server.api.stats).toMatchObject({ replays: 0, answers: 1 })
    expect((await server.get('/?late=0', { method: 'POST', body: 'x' })).text).toBe('index 0x')
  })

  test.each([
    ['a path', ['/safe']],
    ['a predicate', ({ url }: { url: string }) => url.startsWith('/safe')],
  ])('a POST that may be run twice, by %s, has its body both times', async (_, replay) => {
    await using project = await createProject(major, files)
    const server = await project.serve({ replay })
    await server.get()
    await server.api.settled()
    state().runs = []
    const body = 'a body '.repeat(10_000)
    const answer = await server.get('/safe?late=1&fail=1', { method: 'POST', body })
    expect(answer.text).toBe(`index 1${body}`)
    expect(state().runs).toEqual([`POST ${body}`, `POST ${body}`])
    expect((await server.get('/safe', { method: 'POST' })).text).toBe('hello ')
    expect((await server.get('/?late=2&fail=9', { method: 'POST' })).status).toBe(503)
  })

  test('a body larger than the limit runs once, whole', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve({ replay: ['/safe'], replayLimit: 1000 })
    await server.get()
    await server.api.settled()
    state().runs = []
    const large = 'x'.repeat(100_000)
    const streamed = {
      method: 'POST',
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit
    for (const init of [{ method: 'POST', body: large }, streamed]) {
      expect((await server.get('/safe', init)).text).toBe(`hello ${large}`)
    }
    const answer = await server.get('/safe?late=3&fail=9', { method: 'POST', body: large })
    expect(answer.status).toBe(503)
    expect(state().runs).toHaveLength(3)
  })
})

function refuse(): never {
  throw new Error('of the predicate')
}

test('what `replay` throws is an error of its request', async () => {
  await using project = await createProject(vite, files)
  const server = await project.serve({ replay: refuse })
  const answer = await server.get('/', { method: 'POST', body: 'x' })
  expect(answer.status).toBe(500)
  expect(answer.text).toContain('of the predicate')
  expect((await server.get()).text).toBe('hello ')
})

test('a path that is no URL is not one of `replay`', async () => {
  await using project = await createProject(vite, {
    'src/entry.js': 'export default (request, response) => response.end(request.url)',
  })
  const server = await project.serve({ replay: ['/safe'] })
  const { hostname, port } = new URL(server.url)
  const sent = httpRequest({ hostname, port, path: '//', method: 'POST' }).end()
  const [response] = await once(sent, 'response')
  expect((await response.toArray()).join('')).toBe('//')
})

test('what an outer server serves is not run again, and told so', async () => {
  await using project = await createProject(vite, {})
  const inner = await vite.createServer({
    root: project.file('.'),
    configFile: false,
    logLevel: 'silent',
    appType: 'custom',
    server: { middlewareMode: true, ws: false },
    plugins: [requestGate()],
  })
  await using outer = createServer((request, response) => {
    inner.middlewares(request, response, () => {
      inner.environments.ssr.hot.send({ type: 'full-reload', path: '*' })
      response.writeHead(500).end('it was overtaken')
    })
  })
  try {
    await once(outer.listen(0, '127.0.0.1'), 'listening')
    const answer = await fetch(`http://127.0.0.1:${(outer.address() as AddressInfo).port}`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('x-holdfast-reason')).toBe('a reload overtook the request')
  } finally {
    await inner.close()
  }
})

test('a body that is too large is not waited for', async () => {
  await using project = await createProject(vite, {
    'src/entry.js': `
      export default (request, response) => {
        response.flushHeaders()
        request.pipe(response)
      }`,
  })
  const server = await project.serve({ replay: ['/safe'], replayLimit: 1000 })
  const upload = httpRequest(`${server.url}/safe`, { method: 'POST' })
  upload.write('x'.repeat(5000))
  const [response] = await once(upload, 'response')
  upload.end('y')
  expect((await response.toArray()).join('')).toBe(`${'x'.repeat(5000)}y`)
})

test('a response that has begun is not touched', async () => {
  await using project = await createProject(vite, files)
  const server = await project.serve()
  await server.get()
  await server.api.settled()
  state().runs = []
  expect((await server.get('/streamed?late=0')).text).toBe('begun index 0')
  expect((await server.get('/streamed?late=1&throw')).text).toMatch(/^begun /)
  expect(state().runs).toHaveLength(2)
  expect(server.api.stats.replays).toBe(0)
})

test('the errors of the application are left to Vite', async () => {
  await using project = await createProject(vite, {
    'src/entry.js': `
      export default (request, response) => {
        if (request.url === '/') return response.end('hello')
        if (request.url === '/throws') throw new Error('of the application')
        response.writeHead(500, { 'x-own': 'yes' })
        response.end('its own page')
      }`,
  })
  const server = await project.serve()
  await server.get()
  await server.api.settled()
  const thrown = await server.get('/throws')
  expect(thrown.status).toBe(500)
  expect(thrown.text).toContain('of the application')
  const own = await server.get('/own')
  expect(own).toMatchObject({ status: 500, text: 'its own page' })
  expect(own.headers.get('x-own')).toBe('yes')
  expect(server.api.stats).toMatchObject({ replays: 0, answers: 0 })
})

test.each([
  'There is a new version of the pre-bundle for "x", a page reload',
  'The file does not exist at "x" which is in the optimize deps directory.',
])('a failure that the runner keeps is forgotten: %s', async (message) => {
  await using project = await createProject(vite, {
    'src/once.js': `
        const times = (globalThis.gateTest = { times: (globalThis.gateTest?.times ?? 0) + 1 }).times
        if (times % 2 === 1) throw new Error(${JSON.stringify(message)})`,
    'src/entry.js': `
        export default async (request, response) => {
          if (request.url === '/') return response.end('hello')
          await import('./once.js')
          response.end('loaded')
        }`,
  })
  Object.assign(globalThis, { gateTest: { times: 0 } })
  const server = await project.serve()
  await server.get()
  expect((await server.get('/once')).text).toBe('loaded')
  expect(server.api.stats.replays).toBe(1)
  Object.assign(globalThis, { gateTest: undefined })
})
