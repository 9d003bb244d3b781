import { link, mkdir, readFile, rename, rm, symlink, utimes } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createProject, pkg, RELOADING } from './project.ts'
import type { Project, Server } from './project.ts'

const core = (version: string): Record<string, string> =>
  pkg(
    'core',
    {
      'index.js': `export { version } from './inner.js'`,
      'inner.js': `export const version = 'core ${version}'`,
      // Only of the second version, by which it could be mixed with the first.
      ...(version === '2' && { 'more.js': `export { version as more } from './inner.js'` }),
    },
    { version: `${version}.0.0`, exports: { '.': './index.js', './*': './*.js' } },
  )

const files = {
  'bun.lock': '{}',
  ...core('1'),
  ...pkg('early', { 'index.js': `export { version as early } from 'core'` }),
  ...pkg('widget', { 'index.js': `export { version as widget } from 'core'` }),
  ...pkg('more', { 'index.js': `export { more } from 'core/more'` }),
  ...pkg('other', { 'index.js': `export const other = 'other'` }),
}

/** As npm gives to all files. */
const NPM_TIME = new Date('1985-10-26T08:15:00.000Z')

/** Replaces the package, as package managers do: its directory is made anew. */
async function install(project: Project, version: string, name = 'core'): Promise<void> {
  await rm(project.file(`node_modules/${name}`), { recursive: true, force: true })
  const prefix = `node_modules/${name}/`
  const installed = Object.entries(core(version)).map(
    ([file, content]) => [file.replace('node_modules/core/', prefix), content] as const,
  )
  await project.write(Object.fromEntries(installed))
  for (const [file] of installed) await utimes(project.file(file), NPM_TIME, NPM_TIME)
}

/** What pages say, each of whose dependencies must be of one generation. */
const versions = async (server: Server): Promise<unknown> => {
  const { early, widget, own } = await server.run(`
    export { early } from 'early'
    export { widget } from 'widget'
    export { version as own } from 'core'`)
  return [early, widget, own]
}

/** The import in flight may be told that it is outdated, and is by then imported anew. */
async function runReloading(server: Server, code: string): Promise<void> {
  const reloading = server.log.next(RELOADING)
  await Promise.allSettled([server.run(code)])
  await reloading
  await server.reload()
}

const reasons = (server: Server): string =>
  server.reports.flatMap(({ fellBack }) => fellBack ?? []).join()

const changes: [string, (project: Project) => Promise<unknown>][] = [
  [
    'replaced, and the lockfile with it',
    async (project) => {
      await install(project, '2')
      await project.write({ 'bun.lock': '{ "core": 2 }' })
    },
  ],
  ['replaced, with the same times and sizes', (project) => install(project, '2')],
  [
    'edited in place, all of it',
    (project) => project.write({ ...core('2'), 'node_modules/core/package.json': '{}' }),
  ],
  [
    'edited in place, one module',
    (project) => project.write({ 'node_modules/core/inner.js': `export const version = 'core 2'` }),
  ],
  [
    'linked',
    async (project) => {
      await install(project, '2', 'linked')
      await rm(project.file('node_modules/core'), { recursive: true })
      await rename(project.file('node_modules/linked'), project.file('node_modules/.core2'))
      await symlink(project.file('node_modules/.core2'), project.file('node_modules/core'))
    },
  ],
]

test.each(changes)(
  'a package that is %s: late ones are of the same generation',
  async (_, change) => {
    await using project = await createProject(files)
    await install(project, '1')
    const server = await project.serve()
    expect((await server.run(`export { early } from 'early'`)).early).toBe('core 1')
    await change(project)

    await runReloading(server, `export { widget } from 'widget'`)
    expect(reasons(server)).toMatch(/lockfile has changed|is not what it was/)
    expect(await versions(server)).toEqual(['core 2', 'core 2', 'core 2'])
  },
)

test.each(changes.slice(0, 2))(
  'a package that is %s: its new modules are not mixed with former ones',
  async (_, change) => {
    await using project = await createProject(files)
    await install(project, '1')
    const server = await project.serve()
    await change(project)
    await runReloading(server, `export { more } from 'more'`)
    const { more } = await server.run(`export { more } from 'more'`)
    expect(more).toBe('core 2')
    expect(await versions(server)).toEqual(['core 2', 'core 2', 'core 2'])
  },
)

test('a package that is not asked for, and was replaced: all are of one generation', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  await install(project, '2')
  await runReloading(server, `import 'other'`)
  expect(await versions(server)).toEqual(['core 2', 'core 2', 'core 2'])
})

/** As pnpm installs packages: what is in `node_modules` are links, and former versions stay. */
async function createLinked(project: Project) {
  const store = async (version: string): Promise<string> => {
    const name = `.store/core@${version}/node_modules/core`
    await install(project, version, name)
    return project.file(`node_modules/${name}`)
  }
  const stores = [await store('1'), await store('2')]
  const turn = async (to: string): Promise<void> => {
    await rm(project.file('node_modules/core'), { recursive: true, force: true })
    await mkdir(path.dirname(project.file('node_modules/core')), { recursive: true })
    await symlink(to, project.file('node_modules/core'))
  }
  await turn(stores[0]!)
  return { turnTo: (index: number) => turn(stores[index]!) }
}

test('a link that is turned to another package', async () => {
  await using project = await createProject(files)
  const { turnTo } = await createLinked(project)
  const server = await project.serve()
  expect((await server.run(`export { early } from 'early'`)).early).toBe('core 1')
  await turnTo(1)
  await runReloading(server, `export { widget } from 'widget'`)
  expect(await versions(server)).toEqual(['core 2', 'core 2', 'core 2'])
})

// Vite optimizes a dependency out of the file in which it was found first, until it is restarted, and
// by itself takes that for what the new lockfile stands for.
test('a link that is turned while the server runs is followed at the next start', async () => {
  await using project = await createProject(files)
  const { turnTo } = await createLinked(project)
  const server = await project.serve({ early: ['core'] })
  await turnTo(1)
  await project.write({ 'bun.lock': '{ "core": 2 }' })
  await runReloading(server, `export { other } from 'other'`)
  await server.vite.close()
  const next = await project.serve({ early: ['core'] })
  expect((await next.run(`export { version } from 'core'`)).version).toBe('core 2')
  expect(next.log.matching(/packages have changed while the last server ran/)).toHaveLength(1)
})

test('a package that was added late, is removed and installed in another version', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ early: ['other'] })
  expect((await server.run(`export { version } from 'core'`)).version).toBe('core 1')
  await rm(project.file('node_modules/core'), { recursive: true })
  await install(project, '2')
  await runReloading(server, `export { widget } from 'widget'`)
  expect(await versions(server)).toEqual(['core 2', 'core 2', 'core 2'])
})

test('a package that is removed, with its import', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ early: ['early', 'other'] })
  await rm(project.file('node_modules/other'), { recursive: true })
  await project.write({ 'bun.lock': '{ "other": 0 }' })
  await runReloading(server, `export { widget } from 'widget'`)
  expect(await versions(server)).toEqual(['core 1', 'core 1', 'core 1'])
})

// Vite remembers where a package is, and asks for it all the same.
test('a package that is gone when it is imported does not end the server', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  await server.discover(['gone'])
  expect(server.reports).toMatchObject([{ added: ['gone'], fellBack: expect.any(String) }])
  const { other } = await server.run(`export { other } from 'other'`)
  expect(other).toBe('other')
})

test('a package whose files are only read, or linked once more, is the same', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  await readFile(project.file('node_modules/core/index.js'))
  // As pnpm does for another project.
  await link(project.file('node_modules/core/index.js'), project.file('linked.js'))
  await server.run(`import 'widget'`)
  expect(reasons(server)).toBe('')
  expect(await versions(server)).toEqual(['core 1', 'core 1', 'core 1'])
})
