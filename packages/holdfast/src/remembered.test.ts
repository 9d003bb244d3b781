import { expect, test } from 'vitest'
import { createProject, majors, pkg } from './project.ts'
import type { Project, Vite } from './project.ts'
import type { HoldfastOptions } from './vite.ts'

const FILE = 'node_modules/.vite/holdfast.json'
const DEPS = 'node_modules/.vite/deps_ssr'
const REOPTIMIZED = /dependenc(?:y|ies) (?:optimized|changed)|dependencies optimized|Re-optimizing/
const LATE = /\[holdfast\] ssr (?:\+|re-optimized)/

const files = {
  ...pkg('late', { 'index.js': 'export const late = {}' }),
  'src/entry.js': `import 'early/a'`,
  'src/late.js': `export { late } from 'late'; export { b } from 'early/b'`,
}

/** A project in which two dependencies were found late, and a server that has been closed. */
async function createFound(vite?: Vite, options?: HoldfastOptions): Promise<Project> {
  const project = await createProject(files, vite)
  const server = await project.serve(options)
  await server.run('src/entry.js')
  // A reload may overtake it.
  await Promise.allSettled([server.run('src/late.js')])
  await server.settled('late')
  await server.settled('early/b')
  await server.vite.close()
  return project
}

for (const [major, vite] of majors) {
  // What the state plugin imports of Vite is of version 8 here.
  const options: HoldfastOptions = major === '8' ? {} : { state: false }
  for (const how of ['without its directory', '--force']) {
    test(`Vite ${major}, ${how}: a start from scratch finds nothing late`, async () => {
      await using project = await createFound(vite, options)
      if (how === '--force') {
        const optimizeDeps = { noDiscovery: false, entries: [], include: ['early/a'], force: true }
        const environments = { ssr: { resolve: { noExternal: true as const }, optimizeDeps } }
        await start({ environments })
      } else {
        await project.remove(DEPS)
        await start({})
      }

      async function start(config: object): Promise<void> {
        const server = await project.serve(options, config)
        await server.run('src/entry.js')
        const { a } = await server.run('src/late.js').then((late) => ({ a: late.late }))
        expect(a).toEqual({})
        expect(Object.keys(server.ssr.depsOptimizer!.metadata.optimized).toSorted()).toEqual([
          'early/a',
          'early/b',
          'late',
        ])
        expect(server.timeline.entries).toEqual([])
        expect(server.log.matching(LATE)).toEqual([])
        expect(server.log.matching(REOPTIMIZED)).toEqual([])
        await server.vite.close()
      }
    })
  }

  test(`Vite ${major}: a restart keeps Vite's cache`, async () => {
    await using project = await createFound(vite, options)
    // The hash is that of a config without what is remembered, as before.
    for (let start = 0; start < 2; start++) {
      const before = await project.read(`${DEPS}/_metadata.json`)
      const server = await project.serve(options)
      await server.run('src/entry.js')
      await server.run('src/late.js')
      expect(server.timeline.entries).toEqual([])
      expect(server.log.matching(REOPTIMIZED)).toEqual([])
      await server.vite.close()
      expect(await project.read(`${DEPS}/_metadata.json`)).toBe(before)
      // Nor does what was bundled from memory have another.
      await project.remove(DEPS)
      const scratch = await project.serve(options)
      await scratch.run('src/entry.js')
      await scratch.vite.close()
    }
  })
}

test('another lockfile or config forgets', async () => {
  await using project = await createFound()
  await project.write({ 'bun.lock': '{ "a": 1 }' })
  const server = await project.serve()
  await server.run('src/entry.js')
  expect(Object.keys(server.ssr.depsOptimizer!.metadata.optimized)).toEqual(['early/a'])
  await server.run('src/late.js')
  await server.settled('late')
  await server.vite.close()

  // And replaces what there was.
  expect(Object.keys(JSON.parse(await project.read(FILE)).environments.ssr.dependencies)).toEqual(
    expect.arrayContaining(['late', 'early/b']),
  )
})

test('what is there no more is dropped', async () => {
  await using project = await createFound()
  await project.remove('node_modules/late')
  await project.remove(DEPS)
  const server = await project.serve()
  await server.run('src/entry.js')
  const { optimized } = server.ssr.depsOptimizer!.metadata
  expect(Object.keys(optimized).toSorted()).toEqual(['early/a', 'early/b'])
  expect(server.log.matching(/resolve|error/i)).toEqual([])
  expect(await project.read(FILE)).not.toContain('late')
})

test('what might not be bundled is forgotten until it is', async () => {
  await using project = await createFound()
  const remembered = async (): Promise<unknown> => JSON.parse(await project.read(FILE)).environments
  const before = await remembered()
  await project.remove(DEPS)
  // The first run waits for a first request.
  const server = await project.serve()
  expect(await remembered()).toEqual({})
  await server.vite.close()
  // It was not even tried.
  expect(await remembered()).toEqual(before)

  const another = await project.serve()
  expect(await remembered()).toEqual({})
  await another.run('src/entry.js')
  await expect.poll(remembered).toEqual(before)
})

test.each([
  ['not JSON', '{'],
  ['of another version', '{ "version": 99, "environments": {} }'],
  ['of something else', '{ "version": 1, "environments": { "ssr": { "dependencies": [1] } } }'],
  ['empty', ''],
])('a file that is %s is ignored, with one line, and replaced', async (_what, content) => {
  await using project = await createFound()
  await project.remove(DEPS)
  await project.write({ [FILE]: content })
  const server = await project.serve()
  await server.run('src/entry.js')
  await server.run('src/late.js')
  await server.settled('late')
  expect(server.log.matching(/holdfast\.json is damaged/)).toHaveLength(1)
  expect(JSON.parse(await project.read(FILE)).version).toBe(1)
})

test('two servers on one directory keep what both have found', async () => {
  await using project = await createProject({
    ...files,
    'src/one.js': `import 'late'`,
    'src/two.js': `import 'early/b'`,
  })
  const first = await project.serve()
  await first.run('src/entry.js')
  const second = await project.serve()
  await second.run('src/entry.js')
  await Promise.all([first.run('src/one.js'), second.run('src/two.js')])
  await Promise.all([first.settled('late'), second.settled('early/b')])
  const { dependencies } = JSON.parse(await project.read(FILE)).environments.ssr
  expect(Object.keys(dependencies).toSorted()).toEqual(['early/b', 'late'])
})

test('a dependency of a linked package, which the root cannot resolve', async () => {
  await using project = await createProject({
    ...files,
    'packages/linked/index.js': `export { nested } from 'nested'`,
    ...Object.fromEntries(
      Object.entries(pkg('nested', { 'index.js': 'export const nested = {}' })).map(
        ([name, content]) => [`packages/linked/${name}`, content],
      ),
    ),
  })
  const server = await project.serve()
  await server.run('src/entry.js')
  await server.run('packages/linked/index.js')
  await server.settled('nested')
  await server.vite.close()
  // Vite would warn of it.
  expect(server.log.matching(/found late/)).toEqual([])

  await project.remove(DEPS)
  const again = await project.serve()
  await again.run('src/entry.js')
  await again.run('packages/linked/index.js')
  expect(again.timeline.entries).toEqual([])
})

test.each(['suggest', false] as const)('include: %j remembers nothing', async (include) => {
  await using project = await createProject(files)
  const server = await project.serve({ include })
  await server.run('src/entry.js')
  await server.run('src/late.js')
  await server.settled('late')
  await server.vite.close()
  await expect(project.read(FILE)).rejects.toThrow('ENOENT')
  expect(server.log.matching(/found late/)).toHaveLength(include ? 1 : 0)
})
