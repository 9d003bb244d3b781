import { readdir, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { InlineConfig } from 'vite'
import { incrementalDeps } from './index.ts'
import type { Report } from './index.ts'
import { createProject, pkg, RELOADING } from './project.ts'
import type { Project } from './project.ts'

const files = {
  'bun.lock': '{}',
  ...pkg('early', { 'index.js': `export { state } from 'singleton'` }),
  ...pkg('singleton', { 'index.js': `export const state = {}` }),
  ...pkg('one', { 'index.js': `export { state } from 'singleton'; export { own } from 'inner'` }),
  ...pkg('inner', { 'index.js': `export const own = {}` }),
  ...pkg('two', { 'index.js': `export { own } from 'inner'` }),
  ...pkg(
    'conditional',
    { 'a.js': `export const which = 'a'`, 'b.js': `export const which = 'b'` },
    {
      exports: { special: './a.js', default: './b.js' },
    },
  ),
}

const both = `
  export { state as a } from 'early'
  export { state as b, own as c } from 'one'
  export { own as d } from 'two'`

const added = (reports: Report[]): string[] =>
  reports.flatMap((report) => (report.fellBack === undefined ? report.added : []))

const directory = (project: Project): string => project.file('node_modules/.vite/deps_ssr')

test('what was added is there after a restart, without a rebuild', async () => {
  await using project = await createProject(files)
  const first = await project.serve()
  await first.run(`import 'one'`)
  await first.close()
  const before = await stat(`${directory(project)}/one.js`)

  const server = await project.serve()
  const { a, b, c, d } = await server.run(both)
  expect(a).toBe(b)
  expect(c).toBe(d)
  expect(added(server.reports)).toEqual(['two'])
  expect((await stat(`${directory(project)}/one.js`)).mtimeMs).toBe(before.mtimeMs)
  expect(server.log.matching(RELOADING)).toEqual([])
})

test.each<[string, InlineConfig, Record<string, string>]>([
  [
    '--force',
    { optimizeDeps: { force: true }, environments: { ssr: { optimizeDeps: { force: true } } } },
    {},
  ],
  ['a changed lockfile', {}, { 'bun.lock': '{ "a": 1 }' }],
  [
    'a changed config',
    {
      define: { A: '1' },
      resolve: { conditions: ['x', 'module'] },
      environments: { ssr: { resolve: { conditions: ['x', 'module'] } } },
    },
    {},
  ],
])('%s starts clean', async (_what, config, changes) => {
  await using project = await createProject(files)
  const first = await project.serve()
  await first.run(`import 'one'`)
  await first.close()
  await project.write(changes)

  const server = await project.serve({ config })
  expect(await readdir(directory(project))).not.toContain('one.js')
  const { a, b, c, d } = await server.run(both)
  expect(a).toBe(b)
  expect(c).toBe(d)
  expect(added(server.reports).toSorted()).toEqual(['one', 'two'])
})

test('two servers on one cache directory', async () => {
  await using project = await createProject(files)
  await (await project.serve()).close()
  const first = await project.serve()
  const second = await project.serve()
  await first.run(`import 'one'`)
  for (const server of [second, first]) {
    const { a, b, c, d } = await server.run(both)
    expect(a).toBe(b)
    expect(c).toBe(d)
    expect(server.log.matching(RELOADING)).toEqual([])
  }
})

test('two servers that add at the same time', async () => {
  await using project = await createProject(files)
  await (await project.serve()).close()
  const servers = [await project.serve(), await project.serve()]
  const [first, second] = servers
  await Promise.all([first!.run(`import 'one'`), second!.run(`import 'two'`)])
  for (const server of servers) {
    const { a, b, c, d } = await server.run(both)
    expect(a).toBe(b)
    expect(c).toBe(d)
    expect(server.reports.filter(({ fellBack }) => fellBack !== undefined)).toEqual([])
  }
  const last = await project.serve()
  const { a, b, c, d } = await last.run(both)
  expect([a, c]).toEqual([b, d])
  expect(last.reports).toEqual([])
})

test('another server has replaced the outputs', async () => {
  await using project = await createProject(files)
  const first = await project.serve()
  const force = { optimizeDeps: { force: true } }
  await project.serve({ config: { ...force, environments: { ssr: force } } })
  await Promise.allSettled([first.run(`import 'one'`)])
  expect(first.reports[0]!.fellBack).toBe('another server has replaced the outputs')
})

test('a server that closes while it adds leaves its outputs as they are', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  const before = (await readdir(directory(project))).toSorted()
  const { depsOptimizer } = server.ssr
  const info = depsOptimizer!.registerMissingImport(
    'one',
    project.file('node_modules/one/index.js'),
  )
  await server.close()
  await info.processing
  expect(server.reports[0]!.fellBack).toBe('the server is closed')
  expect((await readdir(directory(project))).toSorted()).toEqual(before)
})

/** The first to bundle `one` waits until `go()` is called. */
function hold(): { config: InlineConfig; isHeld: Promise<void>; go: () => void } {
  let tellHeld: () => void
  let go!: () => void
  let count = 0
  const isHeld = new Promise<void>((resolve) => (tellHeld = resolve))
  const gate = new Promise<void>((resolve) => (go = resolve))
  const plugin = {
    name: 'hold',
    async transform(_code: string, id: string) {
      if (!id.includes('/one/') || count++ > 0) return
      tellHeld()
      await gate
    },
  }
  const optimizeDeps = { rolldownOptions: { plugins: [plugin] } }
  return { config: { environments: { ssr: { optimizeDeps } } }, isHeld, go }
}

test('a run of Vite that begins meanwhile', async () => {
  await using project = await createProject(files)
  const { config, isHeld, go } = hold()
  const server = await project.serve({ config })
  const optimizer = server.ssr.depsOptimizer!
  const source = (name: string) => project.file(`node_modules/${name}/index.js`)
  const ours = optimizer.registerMissingImport('one', source('one'))
  await isHeld
  // An id that is not ours to add.
  optimizer.registerMissingImport('two > inner', source('inner'))
  go()
  await ours.processing
  expect(server.reports.map((report) => report.fellBack)).toEqual([
    'its id is unusual',
    'Vite is optimizing',
  ])
  const { a, b, c, d } = await server.run(both)
  expect(a).toBe(b)
  expect(c).toBe(d)
})

test('a run of Vite that fails meanwhile', async () => {
  await using project = await createProject({
    ...files,
    ...pkg('broken', { 'index.js': 'export const = 1' }),
  })
  const { config, isHeld, go } = hold()
  const server = await project.serve({ config })
  const optimizer = server.ssr.depsOptimizer!
  const source = (name: string) => project.file(`node_modules/${name}/index.js`)
  const ours = optimizer.registerMissingImport('one', source('one'))
  await isHeld
  const failed = server.log.next(/error while updating dependencies/)
  optimizer.registerMissingImport('a > broken', source('broken'))
  await failed
  // Vite has forgotten it, but it is still on its way.
  expect(optimizer.registerMissingImport('one', source('one'))).toBe(ours)
  go()
  await ours.processing
  expect(added(server.reports)).toEqual(['one'])
  const { a, b, c, d } = await server.run(both)
  expect(a).toBe(b)
  expect(c).toBe(d)
  expect(optimizer.metadata.depInfoList.filter(({ id }) => id === 'one')).toHaveLength(1)
})

test('environments with different conditions', async () => {
  await using project = await createProject(files)
  const optimizeDeps = { noDiscovery: false, entries: [], include: ['early'] }
  const server = await project.serve({
    config: {
      environments: {
        rsc: { resolve: { noExternal: true, conditions: ['special'] }, optimizeDeps },
      },
    },
  })
  const { rsc } = server.vite.environments as unknown as { rsc: typeof server.ssr }
  await project.write({ 'src/rsc.js': `import 'early'` })
  const { runner } = rsc as unknown as { runner: typeof server.runner }
  await runner.import('/src/rsc.js')
  await project.write({ 'src/which.js': `export { which } from 'conditional'` })
  expect((await runner.import('/src/which.js')).which).toBe('a')
  expect((await server.runner.import('/src/which.js')).which).toBe('b')
  expect(server.reports.map(({ environment }) => environment).toSorted()).toEqual(['rsc', 'ssr'])
  expect(added(server.reports)).toEqual(['conditional', 'conditional'])
  expect(server.log.matching(RELOADING)).toEqual([])
})

test('in the browser, each file has one URL, which a new run of Vite changes', async () => {
  await using project = await createProject(files)
  // A first session gives its files URLs of its own, those that start with a cache do not.
  await (await project.serve()).close()
  const server = await project.serve()
  const { client } = server.vite.environments
  const urlsIn = async (url: string): Promise<string[]> => {
    const { code } = (await client.transformRequest(url))!
    return [...code.matchAll(/from "([^"]+)"|import\("([^"]+)"/g)].map((match) => match[1]!)
  }
  const crawl = async (url: string, urls = new Set<string>()): Promise<Set<string>> => {
    for (const each of await urlsIn(url)) {
      if (urls.has(each)) continue
      urls.add(each)
      await crawl(each, urls)
    }
    return urls
  }
  await project.write({
    'src/a.js': `import 'early'; export { state } from 'early'`,
    'src/b.js': both,
  })
  await crawl('/src/a.js')
  const urls = [...(await crawl('/src/b.js'))]
  expect(added(server.reports).toSorted()).toEqual(['one', 'two'])
  expect(server.log.matching(RELOADING)).toEqual([])
  const paths = urls.map((url) => url.split('?')[0])
  expect(new Set(paths).size).toBe(urls.length)
  for (const url of urls) expect(url).toMatch(/\?v=[\da-f]{8}$/)
  await server.close()

  const force = { optimizeDeps: { force: true } }
  const config = { ...force, environments: { ssr: force } }
  await (await project.serve({ config })).close()
  const again = await project.serve()
  const { code } = (await again.vite.environments.client.transformRequest('/src/b.js'))!
  const before = urls.find((url) => url.includes('/one.js'))!
  expect(code).toContain('/one.js?v=')
  expect(code).not.toContain(before)
})

test('a Vite that is not as expected: steps aside, and says so once', async () => {
  await using project = await createProject(files)
  const server = await project.serve({
    config: {
      plugins: [
        {
          name: 'another-vite',
          enforce: 'pre',
          configureServer: {
            order: 'pre',
            handler({ environments }) {
              for (const { depsOptimizer } of Object.values(environments)) {
                if (depsOptimizer) Reflect.deleteProperty(depsOptimizer.metadata, 'depInfoList')
              }
            },
          },
        },
        incrementalDeps(),
      ],
    },
    plugin: false,
  })
  expect(server.log.matching(/not as expected \(no metadata\.depInfoList\)/)).toHaveLength(1)
  await server.run(`import 'one'`)
  expect(server.log.matching(/error/i)).toEqual([])
})

test('the API lists what became of dependencies', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  const { api } = server.vite.config.plugins.find(({ name }) => name.includes('incremental-deps'))!
  const heard: Report[] = []
  const stop = api.onReport((report: Report) => heard.push(report))
  api.onReport(() => {
    throw new Error('of a listener')
  })
  await server.run(`import 'one'`)
  stop()
  await server.run(`import 'two'`)
  const one = { environment: 'ssr', added: ['one'], duration: expect.any(Number) }
  expect(heard).toEqual([one])
  expect(api.reports).toEqual([one, { ...one, added: ['two'] }])
  expect(server.log.matching(/a listener failed: Error: of a listener/)).toHaveLength(2)
})

test("what is added is told of in the words of Vite's own line", async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  await server.run(`import 'one'`)
  expect(server.log.matching(/^dependency optimized: one$/)).toHaveLength(1)
  await server.discover(['two', 'inner'])
  expect(server.log.matching(/^dependencies optimized: two, inner$/)).toHaveLength(1)
})
