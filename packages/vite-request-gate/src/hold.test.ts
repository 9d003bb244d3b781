import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import * as vite from 'vite'
import { describe, expect, test } from 'vitest'
import { createProject, majors, RELOADING, slowUpdates } from './project.ts'
import type { Report } from './index.ts'
import type { Project } from './project.ts'

const files = {
  'index.html': '<title>page</title>',
  'public/robots.txt': 'robots',
  'src/browser.js': 'export const inBrowser = 1',
  'src/value.js': 'export const value = 1',
  'src/entry.js': `
    import { value } from './value.js'
    import { a } from 'dep/a0'
    export default (request, response) => {
      response.setHeader('x-path', request.url)
      response.end('value ' + value)
    }`,
}

const slowToEvaluate = {
  ...files,
  'src/value.js': 'await globalThis.gateTest?.reached(); export const value = 1',
}

/** Has the next evaluation of `slowToEvaluate`, which is a reload's, wait until it is opened. */
function holdEvaluation(): { reached: Promise<void>; open: () => void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  const reached = new Promise<void>((resolve) => {
    const gateTest = {
      reached: () => {
        Object.assign(globalThis, { gateTest: undefined })
        resolve()
        return opened
      },
    }
    Object.assign(globalThis, { gateTest })
  })
  return { reached, open }
}

const held = (reports: Report[]): Report[] => reports.filter(({ type }) => type === 'held')

describe.each(majors)('Vite %s', (_name, major) => {
  test('a request waits until the change that came before it is applied', async () => {
    await using project = await createProject(major, files)
    const updates = slowUpdates()
    const server = await project.serve({}, { plugins: [updates] })
    expect((await server.get()).text).toBe('value 1')

    await project.edit('src/value.js', '1', '2')
    await updates.entered
    const answers = [server.get('/first'), server.get('/second', { method: 'POST' })]
    await expect.poll(() => server.api.stats.waiting).toBe(2)
    updates.open()
    for (const answer of answers) expect((await answer).text).toBe('value 2')
    expect(held(server.reports).map((report) => 'url' in report && report.url)).toContain(
      'GET /first',
    )
    expect(server.api.stats).toMatchObject({ waiting: 0, replays: 0, answers: 0 })
    expect(server.api.stats.longestHold).toBeGreaterThan(0)
  })

  test('a request waits for an optimizer and the reload that it sends', async () => {
    await using project = await createProject(major, slowToEvaluate)
    const server = await project.serve()
    await server.get()
    await server.api.settled()
    const evaluation = holdEvaluation()
    const reloading = server.log.next(RELOADING)
    const { processing } = server.worker.depsOptimizer!.registerMissingImport(
      'dep/b0',
      project.file('node_modules/dep/b0.js'),
    )
    const answer = server.get()
    let isSettled = false
    const settled = server.api.settled().then(() => (isSettled = true))
    await processing
    await reloading
    await evaluation.reached
    // A round trip that is not held.
    await server.get('/@vite/client')
    expect(server.api.stats.waiting).toBe(1)
    expect(isSettled).toBe(false)
    evaluation.open()
    expect((await answer).text).toBe('value 1')
    await settled
  })

  test('a request waits until the runner has applied a reload', async () => {
    await using project = await createProject(major, slowToEvaluate)
    const server = await project.serve()
    await server.get()
    const evaluation = holdEvaluation()
    await project.edit('src/value.js', 'value = 1', 'value = 2')
    await evaluation.reached
    const answer = server.get()
    await expect.poll(() => server.api.stats.waiting).toBe(1)
    let isSettled = false
    const settled = server.api.settled().then(() => (isSettled = true))
    await server.get('/@vite/client')
    expect(isSettled).toBe(false)
    evaluation.open()
    await settled
    expect((await answer).text).toBe('value 2')
  })

  test('requests are let through in the order they came in', async () => {
    await using project = await createProject(major, files)
    const updates = slowUpdates()
    const server = await project.serve({}, { plugins: [updates] })
    await server.get()
    await project.edit('src/value.js', '1', '2')
    await updates.entered
    const before = held(server.reports).length
    const answers: Promise<unknown>[] = []
    for (let index = 0; index < 20; index++) {
      answers.push(server.get(`/${index}`))
      await expect.poll(() => server.api.stats.waiting).toBe(index + 1)
    }
    updates.open()
    await Promise.all(answers)
    const order = held(server.reports).slice(before)
    expect(order.map((report) => 'url' in report && report.url)).toEqual(
      answers.map((_, index) => `GET /${index}`),
    )
  })
})

const slowEntry = `
  import { value } from './value.js'
  export default async (request, response) => {
    await globalThis.gateTest.serve(request.url)
    response.end('value ' + value)
  }`

/** Eight requests of which each is served until it is let go. */
async function holdEight(project: Project) {
  const letGo: (() => void)[] = []
  const gateTest = {
    serve: (url: string) => url !== '/' && new Promise<void>((resolve) => letGo.push(resolve)),
  }
  Object.assign(globalThis, { gateTest })
  const updates = slowUpdates()
  const server = await project.serve({ drain: 60_000 }, { plugins: [updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const answers = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => server.get(`/${number}`))
  await expect.poll(() => server.api.stats.waiting).toBe(8)
  updates.open()
  return { server, letGo, answers }
}

describe('of those that wait', () => {
  test('the first is let through alone, and two more for each that is served', async () => {
    await using project = await createProject(vite, { ...files, 'src/entry.js': slowEntry })
    const { server, letGo, answers } = await holdEight(project)
    for (const beingServed of [1, 2, 3, 4]) {
      await expect.poll(() => letGo.length).toBe(beingServed)
      await server.api.settled()
      expect(letGo).toHaveLength(beingServed)
      expect(server.api.stats.waiting).toBe(8 - 2 * beingServed + 1)
      letGo.shift()!()
    }
    await expect.poll(() => letGo.length).toBe(4)
    for (const go of letGo) go()
    for (const answer of answers) expect((await answer).text).toBe('value 2')
  })

  test('only one is let through when there is another change', async () => {
    await using project = await createProject(vite, { ...files, 'src/entry.js': slowEntry })
    const { server, letGo, answers } = await holdEight(project)
    await expect.poll(() => letGo.length).toBe(1)
    const changed = once(server.vite.watcher, 'change')
    await project.edit('src/value.js', '2', '3')
    await changed
    letGo.shift()!()
    expect((await answers[0]!).text).toBe('value 2')
    await expect.poll(() => letGo.length).toBe(1)
    await server.api.settled()
    expect(server.api.stats.waiting).toBe(6)
    // Those that follow as well.
    Object.assign(globalThis, { gateTest: { serve() {} } })
    letGo.shift()!()
    for (const answer of answers.slice(1)) expect((await answer).text).toBe('value 3')
  })
})

test("Vite's own requests and static files are not held", async () => {
  await using project = await createProject(vite, files)
  const updates = slowUpdates()
  const server = await project.serve({}, { plugins: [updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const waiting = server.get('/page')
  await expect.poll(() => server.api.stats.waiting).toBe(1)

  expect((await server.get('/@vite/client')).text).toContain('vite')
  expect((await server.get('/', { headers: { accept: 'text/x-vite-ping' } })).status).toBe(204)
  expect((await server.get('/src/browser.js')).text).toContain('inBrowser')
  expect((await server.get('/src/browser.js?t=1')).text).toContain('inBrowser')
  expect((await server.get('/robots.txt')).text).toBe('robots')
  expect(server.api.stats.waiting).toBe(1)

  // Nothing that Vite serves: what looks like a file is the application's.
  const image = server.get('/generated.png', { headers: { 'sec-fetch-dest': 'image' } })
  await expect.poll(() => server.api.stats.waiting).toBe(2)
  updates.open()
  expect((await image).headers.get('x-path')).toBe('/generated.png')
  await waiting
})

test('a middleware in front of Vite gets requests that were held', async () => {
  await using project = await createProject(vite, files)
  const updates = slowUpdates()
  const inFront = {
    name: 'in-front',
    configureServer: ({ middlewares }: vite.ViteDevServer) => {
      middlewares.use('/early', (_request, response) => void response.end('early'))
    },
  }
  const server = await project.serve({}, { plugins: [inFront, updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const answer = server.get('/early')
  await expect.poll(() => server.api.stats.waiting).toBe(1)
  updates.open()
  expect((await answer).text).toBe('early')
})

test('what is held too long is let through, with a line that says why', async () => {
  await using project = await createProject(vite, files)
  const updates = slowUpdates()
  const server = await project.serve({ timeout: 200 }, { plugins: [updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const late = await Promise.all([server.get('/late'), server.get('/late'), server.get('/late')])
  expect(late.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(
    server.log.matching(/GET \/late was held for 200 ms .* value\.js has changed/),
  ).toHaveLength(1)
  expect(held(server.reports).at(-1)).toMatchObject({ outcome: 'timeout' })
  updates.open()
})

test('no more than so many are held', async () => {
  await using project = await createProject(vite, files)
  const updates = slowUpdates()
  const server = await project.serve({ limit: 2 }, { plugins: [updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const waiting = [server.get('/1'), server.get('/2')]
  await expect.poll(() => server.api.stats.waiting).toBe(2)
  expect((await server.get('/3')).status).toBe(200)
  expect(server.log.matching(/2 requests are held already.* value\.js has changed/)).toHaveLength(1)
  updates.open()
  await Promise.all(waiting)
})

test('a client that gives up is forgotten at once', async () => {
  await using project = await createProject(vite, files)
  const updates = slowUpdates()
  const server = await project.serve({}, { plugins: [updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const controller = new AbortController()
  const answer = server.get('/gone', { signal: controller.signal })
  await expect.poll(() => server.api.stats.waiting).toBe(1)
  controller.abort()
  await expect(answer).rejects.toThrow('aborted')
  await expect.poll(() => server.api.stats.waiting).toBe(0)
  expect(server.reports.at(-1)).toMatchObject({ type: 'dropped', outcome: 'disconnect' })
  updates.open()
})

test('an application that asks its own origin does not wait for itself', async () => {
  await using project = await createProject(vite, {
    ...files,
    'src/entry.js': `
      import { get } from 'node:http'
      import { value } from './value.js'
      const text = (url) => new Promise((resolve) =>
        get(url, async (response) => resolve((await response.toArray()).join(''))))
      export default async (request, response) => {
        if (request.url === '/inner') return response.end('inner ' + value)
        const origin = 'http://' + request.headers.host
        await globalThis.gateTest.reached()
        const answers = [await (await fetch(origin + '/inner')).text(), await text(origin + '/inner')]
        response.end('outer ' + answers)
      }`,
  })
  let reach!: () => void
  let go!: () => void
  const reached = new Promise<void>((resolve) => (reach = resolve))
  const gone = new Promise<void>((resolve) => (go = resolve))
  const gateTest = {
    async reached() {
      reach()
      await gone
    },
  }
  Object.assign(globalThis, { gateTest })
  // Far longer than the test may take.
  const server = await project.serve({ drain: 60_000, timeout: 60_000 })
  const answer = server.get()
  await reached
  const settling = server.log.next(/hmr update|page reload/)
  await project.edit('src/value.js', '1', '2')
  const other = server.get('/inner')
  await expect.poll(() => server.api.stats.waiting).toBe(1)
  go()
  expect((await answer).text).toBe('outer inner 1,inner 1')
  await settling
  expect((await other).text).toBe('inner 2')
})

test('a stream of events lives on, and nothing waits for it', async () => {
  await using project = await createProject(vite, {
    ...files,
    'src/entry.js': `
      import { value } from './value.js'
      import 'dep/a0'
      export default (request, response) => {
        if (request.url !== '/events') return response.end('value ' + value)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: first\\n\\n')
        globalThis.gateTest = response
      }`,
  })
  const server = await project.serve({ drain: 60_000 })
  await server.get()
  await server.api.settled()
  const headers = { accept: 'text/event-stream' }
  const events = await fetch(`${server.url}/events`, { headers })
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe('data: first\n\n')
  await project.edit('src/value.js', '1', `1 + 1; import 'dep/b0'`)
  await server.log.next(RELOADING)
  expect((await server.get()).text).toBe('value 2')
  Reflect.get(globalThis, 'gateTest').end('data: second\n\n')
  expect((await reader.read()).value).toBe('data: second\n\n')
  expect((await reader.read()).done).toBe(true)
})

test('a large upload passes a hold whole, and unbuffered', async () => {
  await using project = await createProject(vite, {
    ...files,
    'src/entry.js': `
      import { value } from './value.js'
      export default async (request, response) => {
        let size = 0
        for await (const chunk of request) size += chunk.length
        response.end(String(size))
      }`,
  })
  const updates = slowUpdates()
  const server = await project.serve({}, { plugins: [updates] })
  await server.get()
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  const size = 20 * 2 ** 20
  const upload = httpRequest(server.url, { method: 'POST' })
  const answered = once(upload, 'response')
  upload.end(Buffer.alloc(size))
  await expect.poll(() => server.api.stats.waiting).toBe(1)
  expect(upload.writableFinished).toBe(false)
  updates.open()
  const [response] = await answered
  expect((await response.toArray()).join('')).toBe(String(size))
})

test('a connection that is upgraded is left alone', async () => {
  await using project = await createProject(vite, files)
  const updates = slowUpdates()
  const server = await project.serve({}, { plugins: [updates] })
  server.vite.httpServer!.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  await server.get()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.setEncoding('utf8')
  socket.write('GET /echo HTTP/1.1\r\nhost: x\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n')
  expect(String(await once(socket, 'data'))).toContain('101')
  await project.edit('src/value.js', '1', '2')
  await updates.entered
  socket.write('still here')
  expect(String(await once(socket, 'data'))).toBe('still here')
  updates.open()
  await server.api.settled()
  socket.write('and later')
  expect(String(await once(socket, 'data'))).toBe('and later')
  socket.destroy()
})
