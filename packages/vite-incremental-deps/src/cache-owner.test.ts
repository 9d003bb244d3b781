import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createServer, createServerModuleRunner } from 'vite'
import type { ViteDevServer } from 'vite'
import { expect, test } from 'vitest'
import { incrementalDeps } from './index.ts'
import { createProject, pkg } from './project.ts'
import type { Project } from './project.ts'
import { optimized } from './vite-internals.ts'

const files = {
  ...pkg('one', { 'index.js': `export const name = 'one'` }),
  ...pkg('two', { 'index.js': `export const name = 'two'` }),
  'a/src/page.js': `export { name } from 'one'`,
  'b/src/page.js': `export { name } from 'two'`,
}

/** A server for the application in a directory. */
const serve = (project: Project, application: string, plugins = [incrementalDeps()]) =>
  createServer({
    root: project.file(application),
    cacheDir: project.file('cache'),
    configFile: false,
    logLevel: 'silent',
    plugins,
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { entries: [] },
    environments: {
      ssr: {
        resolve: { noExternal: true },
        optimizeDeps: { noDiscovery: false, entries: ['src/page.js'] },
      },
    },
  })

/** Evaluated anew, as after a restart of the runtime; the error where that fails. */
async function page({ environments: { ssr } }: ViteDevServer): Promise<string> {
  const runner = createServerModuleRunner(ssr, { hmr: false })
  try {
    ssr.moduleGraph.invalidateAll()
    return (await runner.import('/src/page.js')).name
  } catch (error) {
    return String(error)
  } finally {
    await runner.close()
    await optimized(ssr.depsOptimizer!)
  }
}

test('control: two applications with one cache directory take away what is served', async () => {
  await using project = await createProject(files)
  const a = await serve(project, 'a', [])
  expect(await page(a)).toBe('one')
  const b = await serve(project, 'b', [])
  expect(await page(b)).toBe('two')
  expect(await page(a)).not.toBe('one')
  await Promise.all([a.close(), b.close()])
})

test('two applications with one cache directory each have a part of it', async () => {
  await using project = await createProject(files)
  const a = await serve(project, 'a')
  expect(await page(a)).toBe('one')
  const b = await serve(project, 'b')
  expect(await page(b)).toBe('two')
  expect(await page(a)).toBe('one')
  await b.close()
  // The same one again.
  const later = await serve(project, 'b')
  expect(await page(later)).toBe('two')
  expect(later.config.cacheDir).toBe(b.config.cacheDir)
  expect(path.dirname(later.config.cacheDir)).toBe(a.config.cacheDir)
  await Promise.all([a.close(), later.close()])
})

test('an application that was moved keeps its directory', async () => {
  await using project = await createProject(files)
  const before = await serve(project, 'a')
  await before.close()
  await rename(project.file('a'), project.file('c'))
  const after = await serve(project, 'c')
  expect(after.config.cacheDir).toBe(before.config.cacheDir)
  await after.close()
})

test('a server leaves the directory of another one alone for as long as that runs', async () => {
  await using project = await createProject(files)
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
  await once(other, 'spawn')
  await mkdir(project.file('cache'))
  const owner = { root: project.file('a'), process: other.pid }
  await writeFile(project.file('cache/_incremental.owner'), JSON.stringify(owner))
  const beside = await serve(project, 'a')
  expect(path.dirname(beside.config.cacheDir)).toBe(project.file('cache'))
  expect(await page(beside)).toBe('one')
  await beside.close()

  other.stdin.end()
  await once(other, 'exit')
  const after = await serve(project, 'a')
  expect(after.config.cacheDir).toBe(project.file('cache'))
  await after.close()
})
