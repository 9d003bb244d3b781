import { readFile, symlink } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createProject, majors, pkg } from './project.ts'
import type { Project, Server, Vite } from './project.ts'
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

/** The ids of what is remembered of the ssr environment. */
async function rememberedIds(project: Project): Promise<string[]> {
  const { environments } = JSON.parse(await project.read(FILE))
  return Object.keys(environments.ssr?.dependencies ?? {}).toSorted()
}

/** Starts from scratch, and returns what is optimized once the entry is served. */
async function startFromScratch(project: Project): Promise<Server & { optimized: string[] }> {
  await project.remove(DEPS)
  const server = await project.serve()
  await server.run('src/entry.js')
  const optimized = Object.keys(server.ssr.depsOptimizer!.metadata.optimized).toSorted()
  return Object.assign(server, { optimized })
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
  expect(await rememberedIds(project)).toEqual(['early/b', 'late'])
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
  expect(await rememberedIds(project)).toEqual(['early/b'])
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
  ['of something else', '{ "version": 2, "environments": { "ssr": { "dependencies": [1] } } }'],
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
  expect(JSON.parse(await project.read(FILE)).version).toBe(2)
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
  expect(await rememberedIds(project)).toEqual(['early/b', 'late'])
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

test('what has been linked since is not pre-bundled', async () => {
  await using project = await createFound()
  await project.write({
    'packages/late/package.json': '{ "name": "late", "type": "module", "main": "index.js" }',
    'packages/late/index.js': `export const late = 'linked'`,
  })
  await project.remove('node_modules/late')
  await symlink(project.file('packages/late'), project.file('node_modules/late'), 'junction')
  const server = await startFromScratch(project)
  expect(server.optimized).toEqual(['early/a', 'early/b'])
  expect(await server.run('src/late.js')).toMatchObject({ late: 'linked' })
  await project.write({ 'packages/late/index.js': `export const late = 'edited'` })
  await expect.poll(() => server.run('src/late.js')).toMatchObject({ late: 'edited' })
  expect(await rememberedIds(project)).toEqual(['early/b'])
})

test('what is resolved to another file since is bundled from there', async () => {
  await using project = await createFound()
  await project.write({
    ...pkg('late', { 'other.js': `export const late = 'other'` }, { main: 'other.js' }),
  })
  const server = await startFromScratch(project)
  expect(server.optimized).toEqual(['early/a', 'early/b', 'late'])
  expect(await server.run('src/late.js')).toMatchObject({ late: 'other' })
  expect(server.timeline.entries).toEqual([])
})

test('the dependency of a linked package is its own, where the root has another one', async () => {
  const nested = pkg('late', { 'index.js': `export const late = 'nested'` })
  await using project = await createProject({
    ...files,
    'packages/linked/index.js': `export { late } from 'late'`,
    ...Object.fromEntries(
      Object.entries(nested).map(([name, content]) => [`packages/linked/${name}`, content]),
    ),
  })
  const server = await project.serve()
  await server.run('src/entry.js')
  await server.run('packages/linked/index.js')
  await server.settled('late')
  await server.vite.close()
  const again = await startFromScratch(project)
  expect(again.optimized).toEqual(['early/a', 'late'])
  expect(await again.run('packages/linked/index.js')).toMatchObject({ late: 'nested' })
  expect(again.timeline.entries).toEqual([])
})

describe('an entry that names something else', () => {
  const other = {
    'node_modules/other/index.js': `export const late = 'another file'`,
    'src/other.js': `export const late = 'another file'`,
  }

  test.each<[string, string, Record<string, string>]>([
    ['a file of another package', 'late', { file: '../other/index.js' }],
    ['a source file', 'late', { file: '../../src/other.js' }],
    ['a path for an id', '../node_modules/other/index.js', { file: '../other/index.js' }],
    ['a path that leads out of a package', 'late/../other', { file: '../other/index.js' }],
    ['an importer outside of the project', 'elsewhere', { file: '../other/index.js' }],
  ])('%s', async (_what, id, source) => {
    await using elsewhere = await createProject(
      pkg('elsewhere', { 'index.js': `export const late = 'another file'` }),
    )
    await using project = await createProject({ ...files, ...other })
    const server = await project.serve()
    await server.run('src/late.js')
    await server.settled('late')
    await server.vite.close()
    const content = JSON.parse(await project.read(FILE))
    const importer = id === 'elsewhere' ? elsewhere.file('index.js') : '../../src/late.js'
    content.environments.ssr.dependencies = { [id]: { ...source, importer } }
    await project.write({ [FILE]: JSON.stringify(content) })
    const again = await startFromScratch(project)
    expect(again.optimized).toEqual(id === 'late' ? ['early/a', 'late'] : ['early/a'])
    for (const { file } of again.ssr.depsOptimizer!.metadata.depInfoList) {
      expect(await readFile(file, 'utf8')).not.toContain('another file')
    }
    expect((await again.run('src/late.js')).late).toEqual({})
  })
})

describe('what is broken since and no longer imported', () => {
  test.each<[string, Record<string, string>]>([
    ['its file', { 'node_modules/late/index.js': 'export const = {}' }],
    [
      'a file that it imports',
      {
        'node_modules/late/index.js': `export { late } from './inner.js'`,
        'node_modules/late/inner.js': 'export const = {}',
      },
    ],
    ['what it imports is missing', { 'node_modules/late/index.js': `export * from './gone.js'` }],
    [
      'a package that it imports is missing',
      {
        'node_modules/late/index.js': `export * from 'gone'`,
      },
    ],
    [
      'an export that it imports is missing',
      {
        'node_modules/late/index.js': `export { gone } from './inner.js'`,
        'node_modules/late/inner.js': 'export const late = {}',
      },
    ],
  ])('%s', async (_what, changes) => {
    await using project = await createFound()
    await project.write({ ...changes, 'src/late.js': `export { b } from 'early/b'` })
    const server = await startFromScratch(project)
    expect(server.optimized).toEqual(['early/a', 'early/b'])
    expect((await server.run('src/late.js')).b).toEqual({})
    expect(server.timeline.entries).toEqual([])
    expect(server.log.matching(/late was found late once and cannot be bundled/)).toHaveLength(1)
    expect(server.log.matching(/error/i)).toEqual([])
    await expect.poll(() => rememberedIds(project)).toEqual(['early/b'])
  })
})
