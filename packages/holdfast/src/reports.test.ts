import { createServer } from 'node:http'
import type { Server as HttpServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Report, RequestGateApi } from '@holdfast/vite-request-gate'
import type { Plugin } from 'vite'
import { expect, test } from 'vitest'
import { createProject, majors, pkg } from './project.ts'
import type { Server } from './project.ts'
import { holdfast } from './vite.ts'
import type { HoldfastOptions } from './vite.ts'

const files = {
  ...pkg('late', { 'index.js': 'export const late = {}' }),
  ...pkg('other', { 'index.js': 'export const other = {}' }),
  ...pkg('broken', { 'index.js': 'export const = 1' }),
  'src/entry.js': `import './middle.js'; import 'early/a'`,
  'src/middle.js': `import './leaf.js'`,
  'src/leaf.js': '',
}

const ENTRY = /^\[holdfast\] \w+ (?:\+|re-optimized|could)/

const leaf = (...ids: string[]): Record<string, string> => ({
  'src/leaf.js': ids.map((id) => `import '${id}'\n`).join(''),
})

/** A server that has served the entry. */
async function serve(
  project: Awaited<ReturnType<typeof createProject>>,
  options: HoldfastOptions = {},
): Promise<Server> {
  const server = await project.serve(options)
  await server.run('src/entry.js')
  expect(server.timeline.entries).toEqual([])
  return server
}

test('an addition', async () => {
  await using project = await createProject(files)
  const server = await serve(project)
  const before = Date.now()
  await project.write(leaf('late'))
  const entry = await server.settled('late')
  expect(entry).toEqual({
    id: 1,
    environment: 'ssr',
    outcome: 'added',
    dependencies: [{ id: 'late', importers: ['src/leaf.js', 'src/middle.js', 'src/entry.js'] }],
    startedAt: expect.any(Number),
    duration: expect.any(Number),
    requests: { held: 0, longest: 0, replayed: 0, failed: 0 },
    reloads: [],
  })
  expect(entry.startedAt).toBeGreaterThanOrEqual(before)
  expect(entry.startedAt + entry.duration).toBeLessThanOrEqual(Date.now() + 1)
  // Incremental deps tells how long it bundled, which is most of it.
  const [report] = server.vite.config.plugins.find(({ name }) => name.endsWith('incremental-deps'))!
    .api.reports
  expect(report).toMatchObject({ added: ['late'] })
  expect(entry.duration).toBeGreaterThanOrEqual(report.duration)
  expect(server.log.matching(ENTRY)).toEqual([
    `[holdfast] ssr + late in ${Math.round(entry.duration)} ms ← src/leaf.js · no reload`,
  ])
  // Vite had nothing to do: this is what it would have logged, for tools that wait for it.
  expect(server.log.matching(/optimized/)).toEqual(['dependency optimized: late'])
})

test('what cannot be added, and why', async () => {
  await using project = await createProject(files)
  const server = await serve(project)
  await project.write({
    'node_modules/early/package.json': await project.read('node_modules/early/package.json'),
  })
  await project.write(leaf('late'))
  const entry = await server.settled('late')
  const reason = 'node_modules/early/package.json is not what it was when it was optimized'
  expect(entry.dependencies).toMatchObject([{ id: 'late', reason }])
  const [line] = server.log.matching(ENTRY)
  expect(line).toContain(`+ late ← src/leaf.js (${reason})`)
})

for (const [major, vite] of majors) {
  // What the state plugin imports of Vite is of version 8 here.
  const options: HoldfastOptions = {
    incrementalDeps: false,
    ...(major === '8' ? {} : { state: false }),
  }

  test(`Vite ${major}: a run that keeps all that is served`, async () => {
    await using project = await createProject(files, vite)
    const server = await serve(project, options)
    const { browserHash } = server.ssr.depsOptimizer!.metadata
    await project.write(leaf('late', 'other'))
    const entry = await server.settled('late')
    expect(server.ssr.depsOptimizer!.metadata.browserHash).toBe(browserHash)
    expect(server.log.matching(/reloading/)).toEqual([])
    const importers = ['src/leaf.js', 'src/middle.js', 'src/entry.js']
    expect(server.timeline.entries).toEqual([entry])
    expect(entry).toMatchObject({ outcome: 'optimized', reloads: [] })
    // In the order in which Vite happens to ask for them.
    const { dependencies, duration } = entry
    expect(dependencies.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: 'late', importers },
      { id: 'other', importers },
    ])
    expect(server.log.matching(ENTRY)).toEqual([
      `[holdfast] ssr re-optimized in ${Math.round(duration)} ms: ` +
        `+ ${dependencies.map(({ id }) => `${id} ← src/leaf.js`).join(', ')} · no reload`,
    ])
  })

  test(`Vite ${major}: a run that reloads`, async () => {
    await using project = await createProject(files, vite)
    const server = await serve(project, options)
    const start = performance.now()
    await project.write(leaf('early/b'))
    const entry = await server.settled('early/b')
    const elapsed = performance.now() - start
    expect(server.log.matching(/optimized dependencies changed\. reloading/)).toHaveLength(1)
    expect(server.timeline.entries).toEqual([entry])
    expect(entry).toMatchObject({
      outcome: 'reloaded',
      dependencies: [
        { id: 'early/b', importers: ['src/leaf.js', 'src/middle.js', 'src/entry.js'] },
      ],
      reloads: [{ environment: 'ssr' }],
    })
    // To bundle anything takes longer than to decide on it.
    expect(entry.duration).toBeGreaterThan(5)
    expect(entry.duration).toBeLessThan(elapsed)
    expect(server.log.matching(ENTRY)).toEqual([
      `[holdfast] ssr re-optimized in ${Math.round(entry.duration)} ms: ` +
        '+ early/b ← src/leaf.js · reloaded',
    ])
  })

  test(`Vite ${major}: the first run, for what the scan missed`, async () => {
    await using project = await createProject({ ...files, ...leaf('late') }, vite)
    // Vite takes a pause of 50 ms for the end of its crawl, and then runs for what it has found.
    let endCrawl!: () => void
    const unfinished = new Promise<string>((resolve) => (endCrawl = () => resolve('')))
    const plugin: Plugin = {
      name: 'unfinished',
      resolveId: (id) => (id === '/unfinished' ? id : null),
      load: (id) => (id === '/unfinished' ? unfinished : null),
    }
    const server = await project.serve(options, { plugins: [holdfast(options), plugin] })
    const crawl = server.ssr.transformRequest('/unfinished')
    const run = server.run('src/entry.js')
    await expect.poll(() => server.timeline.entries).toHaveLength(1)
    endCrawl()
    await Promise.all([crawl, run])
    const entry = await server.settled('late')
    expect(server.timeline.entries).toEqual([entry])
    expect(entry).toMatchObject({
      outcome: 'optimized',
      dependencies: [
        {
          id: 'late',
          importers: ['src/leaf.js', 'src/middle.js', 'src/entry.js'],
          reason: 'the scan at start did not find it',
        },
      ],
    })
    expect(server.log.matching(/reloading/)).toEqual([])
  })

  test(`Vite ${major}: one that fails, and is mended`, async () => {
    await using project = await createProject(files, vite)
    const server = await serve(project, options)
    const { ssr } = server
    const register = () =>
      ssr.depsOptimizer!.registerMissingImport(
        'broken',
        project.file('node_modules/broken/index.js'),
      )
    await register().processing
    await server.log.next(/\[holdfast\]/)
    expect(await server.settled('broken')).toMatchObject({ outcome: 'failed' })
    expect(server.log.matching(ENTRY)).toEqual(['[holdfast] ssr could not bundle broken'])
    expect(server.log.matching(/error while updating dependencies/)).toHaveLength(1)
    await project.write({ 'node_modules/broken/index.js': 'export const mended = 1' })
    await register().processing
    await expect
      .poll(() => server.timeline.entries.map(({ outcome }) => outcome))
      .toEqual(['failed', 'optimized'])
  })
}

/** The application: the entry's `render` answers, over HTTP, in front of which the gate is. */
const application: Plugin = {
  name: 'application',
  configureServer: (server) => () => {
    server.middlewares.use((_request, response, next) => {
      const { runner } = server.environments.ssr as unknown as Pick<Server, 'runner'>
      runner.import('/src/entry.js').then(({ render }) => response.end(render()), next)
    })
  },
}

async function listen(server: Server): Promise<{ url: string; http: HttpServer }> {
  const http = createServer(server.vite.middlewares)
  await once(http.listen(0, '127.0.0.1'), 'listening')
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`, http }
}

test('requests that wait, reloads that are applied, and state that is kept', async () => {
  await using project = await createProject({
    ...files,
    'src/entry.js': `
      import './leaf.js'
      import 'early/a'
      import { defineRwState } from 'rwsdk/__state'
      defineRwState('one', () => ({}))
      defineRwState('two', () => ({}))
      export const render = () => 'rendered'`,
  })
  const options = { incrementalDeps: false }
  const server = await project.serve(options, { plugins: [holdfast(options), application] })
  const { http, url } = await listen(server)
  const get = async () => (await fetch(url)).text()
  try {
    expect(await get()).toBe('rendered')
    const gate: RequestGateApi = server.vite.config.plugins.find(({ name }) =>
      name.endsWith('request-gate'),
    )!.api
    await gate.settled()
    const waits: number[] = []
    gate.onReport((report: Report) => {
      if (report.type === 'held') waits.push(report.duration)
    })
    const begun = new Promise<void>((resolve) => server.timeline.subscribe(() => resolve()))
    await project.write(leaf('early/b'))
    await begun
    expect(await Promise.all([get(), get(), get()])).toEqual(['rendered', 'rendered', 'rendered'])

    const { duration, reloads, requests, stateKeys } = await server.settled('early/b')
    expect(requests).toEqual({ held: 3, longest: Math.max(...waits), replayed: 0, failed: 0 })
    expect(reloads).toEqual([{ environment: 'ssr', isAcknowledged: true }])
    expect(stateKeys).toBe(2)
    expect(server.log.matching(ENTRY)).toEqual([
      `[holdfast] ssr re-optimized in ${Math.round(duration)} ms: + early/b ← src/leaf.js` +
        ` · reloaded · 3 requests held (longest ${Math.round(requests.longest)} ms), 0 failed` +
        ' · state kept (2 keys)',
    ])
  } finally {
    http.close()
  }
})

test('in the browser, without a plugin that adds', async () => {
  await using project = await createProject(files)
  const server = await serve(project, { incrementalDeps: false })
  const { client } = server.vite.environments
  await client.transformRequest('/src/entry.js')
  await project.write({ 'src/more.js': `import 'early/a'; import 'early/b'` })
  await client.transformRequest('/src/more.js')
  const entry = await server.settled('early/b')
  expect(entry).toMatchObject({
    environment: 'client',
    dependencies: [{ id: 'early/b', importers: ['src/more.js'] }],
    // Pages are not asked.
    reloads: [],
  })
})

test.each([
  ['one of two runs', 'late', [['late'], ['other']]],
  // Vite throws the first away, as it would have to reload twice.
  ['one of one run that is made anew', 'early/b', [['early/b', 'other']]],
])('found while Vite runs: %s', async (_what, first, entries) => {
  await using project = await createProject(files)
  const register = (id: string, file: string) =>
    server.ssr.depsOptimizer!.registerMissingImport(id, project.file(`node_modules/${file}`))
      .processing
  let other: Promise<void> | undefined
  const plugin = {
    name: 'meanwhile',
    transform(_code: string, id: string) {
      if (/late.index|early.b\.js/.test(id)) other ??= register('other', 'other/index.js')
    },
  }
  const optimizeDeps = {
    noDiscovery: false,
    entries: [],
    include: ['early/a'],
    rolldownOptions: { plugins: [plugin] },
  }
  const environments = { ssr: { resolve: { noExternal: true as const }, optimizeDeps } }
  const server = await project.serve({ incrementalDeps: false }, { environments })
  await server.run('src/entry.js')
  await register(first, first === 'late' ? 'late/index.js' : 'early/b.js')
  await other
  await server.settled('other')
  const told = server.timeline.entries.map(({ dependencies }) => dependencies.map(({ id }) => id))
  expect(told).toEqual(entries)
  expect(server.log.matching(ENTRY)).toHaveLength(entries.length)
})
