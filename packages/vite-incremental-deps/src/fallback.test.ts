import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commonJs, createProject, pkg, RELOADING, subpaths } from './project.ts'
import type { Project, Server } from './project.ts'

const files = {
  ...pkg('early', { 'index.js': `export { state } from 'singleton'` }),
  ...pkg('singleton', { 'index.js': `export const state = {}` }),
  ...pkg('one', { 'index.js': `export { state } from 'singleton'; export { two } from 'two'` }),
  ...pkg('two', { 'index.js': `export { state } from 'singleton'; export const two = {}` }),
  ...pkg('three', { 'index.js': `const { two } = require('two'); exports.two = two` }, commonJs),
  // Whose second module shares the first one's internals, and is left to Vite once those are replaced.
  ...pkg(
    'family',
    {
      'index.js': `export { inner } from './inner.js'`,
      'other.js': `export { inner } from './inner.js'`,
      'inner.js': `export const inner = {}`,
    },
    subpaths,
  ),
  ...pkg('asset', {
    'index.js': `export const url = new URL('./data.txt', import.meta.url)`,
    'data.txt': '',
  }),
  ...pkg('excluded', { 'index.js': `export const state = {}` }),
  ...pkg('excluded-user', { 'index.js': `export { state } from 'excluded'` }),
}

const all = `
  import { state } from 'singleton'
  import { state as early } from 'early'
  import { state as one, two as twoOfOne } from 'one'
  import { state as ofTwo, two } from 'two'
  import three from 'three'
  export const states = [state, early, one, ofTwo]
  export const twos = [two, twoOfOne, three.two]`

const inners = `
  import { inner } from 'family'
  import { inner as other } from 'family/other'
  export const isSame = inner === other`

async function expectConsistent(server: Server): Promise<void> {
  const { states, twos } = await server.run(all)
  expect([states, twos].map((each) => new Set(each).size)).toEqual([1, 1])
}

/** Runs code that makes Vite reload. The import in flight may be told that it is outdated. */
async function runReloading(server: Server, code: string): Promise<void> {
  const reloading = server.log.next(RELOADING)
  await Promise.allSettled([server.run(code)])
  await reloading
  await server.reload()
}

const fellBack = (server: Server): string =>
  server.reports.flatMap((report) => report.fellBack ?? []).join()

/** What is served of `family` is not what is on the disk any more. */
const replaceFamily = (project: Project): Promise<void> =>
  project.write({ 'node_modules/family/inner.js': `export const inner = {}` })

const outputs = (project: Project, name: string): string =>
  project.file(`node_modules/.vite/deps_ssr/${name}`)

test.each([0, 1, 2, 3])('a fallback after %i additions ends consistent', async (position) => {
  await using project = await createProject(files)
  const server = await project.serve({ early: ['early', 'family'] })
  const late = ['one', 'two', 'three'].map((id) => `import ${JSON.stringify(id)}`)
  const before = await server.run(`export { state } from 'early'`)
  for (const code of late.slice(0, position)) await server.run(code)
  expect(server.log.matching(RELOADING)).toEqual([])

  await replaceFamily(project)
  await runReloading(server, `export { inner } from 'family/other'`)
  expect(fellBack(server)).toMatch(/family.* is not what it was/)
  for (const code of late.slice(position)) await server.run(code)
  await expectConsistent(server)
  expect((await server.run(inners)).isSame).toBe(true)
  expect((await server.run(`export { state } from 'early'`)).state).not.toBe(before.state)
  // Nothing but the fallback was left to Vite, and it has reloaded once.
  expect(server.reports.filter((report) => report.fellBack !== undefined)).toHaveLength(1)
  expect(server.log.matching(RELOADING)).toHaveLength(1)
})

test('a fallback at the same time as additions ends consistent', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ early: ['early', 'family'] })
  const codes = ['one', 'family/other', 'two', 'three'].map((id) => `import ${JSON.stringify(id)}`)
  await replaceFamily(project)
  const reloading = server.log.next(RELOADING)
  await Promise.allSettled(codes.map((code) => server.run(code)))
  await reloading
  await server.reload()
  await expectConsistent(server)
  expect((await server.run(inners)).isSame).toBe(true)
})

test('what arrives while Vite optimizes is left to it', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ early: ['early', 'family'] })
  const { depsOptimizer } = server.ssr
  await replaceFamily(project)
  const reloading = server.log.next(RELOADING)
  // The first falls back, the second comes while Vite waits for more.
  const first = server.run(`import 'family/other'`)
  await expect.poll(() => fellBack(server)).toMatch(/family/)
  const second = server.run(`import 'two'`)
  await Promise.allSettled([first, second])
  await reloading
  await server.reload()
  expect(fellBack(server)).toMatch(/Vite is optimizing/)
  expect(Object.keys(depsOptimizer!.metadata.optimized)).toContain('two')
  await expectConsistent(server)
})

test('a run of Vite that nothing was discovered for', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  server.ssr.depsOptimizer!.run()
  await server.run(`import 'one'`)
  await expectConsistent(server)
  expect(server.log.matching(/error/i)).toEqual([])
})

test('who has Vite run does not have it take what is being added', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ early: ['early', 'singleton'] })
  const optimizer = server.ssr.depsOptimizer!
  const { metadata, registerMissingImport } = optimizer
  optimizer.registerMissingImport = (...dependency) => {
    const info = registerMissingImport(...dependency)
    optimizer.run()
    return info
  }
  await server.run(`import 'one'`)
  await expectConsistent(server)
  expect(server.reports.every((report) => report.fellBack === undefined)).toBe(true)
  expect(optimizer.metadata).toBe(metadata)
})

test('a package that fails to bundle gives the usual error, and can be mended', async () => {
  await using project = await createProject({
    ...files,
    ...pkg('broken', { 'index.js': 'export const = 1' }),
  })
  const server = await project.serve()
  await expect(server.run(`import 'broken'`)).rejects.toThrow()
  expect(server.log.matching(/error while updating dependencies/).join()).toContain('broken')
  await project.write(pkg('broken', { 'index.js': `export { state } from 'singleton'` }))
  const { a, b } = await server.run(`
    export { state as a } from 'broken'
    export { state as b } from 'early'`)
  expect(a).toBe(b)
  await expectConsistent(server)
})

test('several at once, of which one fails to bundle: the others are added', async () => {
  await using project = await createProject({
    ...files,
    ...pkg('broken', { 'index.js': 'export const = 1' }),
  })
  const server = await project.serve()
  await server.discover(['broken', 'one', 'two'])
  expect(server.log.matching(/error while updating dependencies/)).toHaveLength(1)
  const added = server.reports.filter((report) => report.fellBack === undefined)
  expect(added.flatMap((report) => report.added).toSorted()).toEqual(['one', 'two'])
  await expectConsistent(server)
})

test('a file beside the module is where the package has it', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  const { url } = await server.run(`export { url } from 'asset'`)
  expect(fellBack(server)).toBe('')
  expect(path.resolve(fileURLToPath(url))).toBe(project.file('node_modules/asset/data.txt'))
})

test('a module that a plugin of the project resolves is imported from where it is served', async () => {
  await using project = await createProject(files)
  const source = project.file('node_modules/singleton/index.js')
  const plugin = {
    name: 'of-the-project',
    resolveId: (id: string) => (id === 'singleton' ? source : null),
  }
  const optimizeDeps = { rolldownOptions: { plugins: [plugin] } }
  const server = await project.serve({ config: { environments: { ssr: { optimizeDeps } } } })
  await expectConsistent(server)
  expect(fellBack(server)).toBe('')
  expect(server.log.matching(RELOADING)).toEqual([])
})

test('an excluded dependency stays an import', async () => {
  await using project = await createProject(files)
  const server = await project.serve({
    config: { environments: { ssr: { optimizeDeps: { exclude: ['excluded'] } } } },
  })
  const { user, app } = await server.run(`
    export { state as user } from 'excluded-user'
    export { state as app } from 'excluded'`)
  expect(user).toBe(app)
  expect(await readFile(outputs(project, 'excluded-user.js'), 'utf8')).toMatch(/from "excluded"/)
  expect(server.log.matching(RELOADING)).toEqual([])
  expect(server.reports.map(({ added }) => added)).toEqual([['excluded-user']])
})

test('a record that is missing: Vite optimizes', async () => {
  await using project = await createProject(files)
  await (await project.serve()).close()
  await rm(outputs(project, '_incremental.jsonl'))
  const server = await project.serve()
  await runReloading(server, `import 'one'`)
  expect(fellBack(server)).toBe('what is inside the outputs is not known')
  await expectConsistent(server)
  // From then on it is known.
  expect(server.reports.at(-1)!.fellBack).toBe(undefined)
})

test.each<[string, string, (file: string) => Promise<void>]>([
  ['a record that is cut off', '_incremental.jsonl', (file) => writeFile(file, '{')],
  ['an output that is missing', 'one.js', (file) => rm(file)],
  [
    'an output that was overwritten by one that imports itself',
    'one.js',
    (file) => writeFile(file, `export * from './one.js'`),
  ],
])('%s is noticed at start, and everything optimized anew', async (_what, name, damage) => {
  await using project = await createProject(files)
  const before = await project.serve()
  await before.run(`import 'one'`)
  await before.close()
  await damage(outputs(project, name))

  const server = await project.serve()
  expect(server.log.matching(/optimized anew/)).toHaveLength(1)
  await expectConsistent(server)
  expect(fellBack(server)).toBe('')
})
