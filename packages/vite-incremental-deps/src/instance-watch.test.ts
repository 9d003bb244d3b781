import { expect, test } from 'vitest'
import { createProject, pkg } from './project.ts'
import type { Server } from './project.ts'

const files = pkg('early', { 'index.js': 'export const state = {}' })

/** The full reloads that are sent to the ssr environment. */
function reloadsOf({ ssr }: Server): unknown[] {
  const reloads: unknown[] = []
  const send = ssr.hot.send.bind<(...args: unknown[]) => void>(ssr.hot)
  ssr.hot.send = (...args: unknown[]) => {
    if ((args[0] as { type?: string }).type === 'full-reload') reloads.push(args[0])
    send(...args)
  }
  return reloads
}

const twice = `
  import { state } from 'early'
  import { state as other } from '/node_modules/.vite/deps_ssr/early.js'
  export const isSame = state === other`

const nextTick = () => new Promise((resolve) => setImmediate(resolve))

test('a dependency that is served under two URLs: one reload, and a line that says why', async () => {
  await using project = await createProject(files)
  const server = await project.serve()
  const reloads = reloadsOf(server)
  expect((await server.run(twice)).isSame).toBe(false)
  await nextTick()
  expect(reloads).toHaveLength(1)
  expect(server.log.matching(/a dependency is there twice/)).toEqual([
    expect.stringMatching(/\(ssr\) .*, as early\.js\?v=[\da-f]{8} and early\.js: reloading/),
  ])

  // What comes back is in the project, and reloading again would not help.
  server.ssr.moduleGraph.invalidateAll()
  await server.run(twice)
  await nextTick()
  expect(reloads).toHaveLength(1)
  expect(server.log.matching(/there twice/)).toHaveLength(1)
})

test('new URLs for what a run of Vite has replaced are nothing to report', async () => {
  await using project = await createProject({ ...files, ...pkg('other', { 'index.js': '' }) })
  const server = await project.serve()
  await server.ssr.transformRequest('early')
  const { depsOptimizer } = server.ssr
  const before = depsOptimizer!.metadata
  depsOptimizer!.run()
  await expect.poll(() => depsOptimizer!.metadata).not.toBe(before)
  depsOptimizer!.metadata.optimized['early']!.browserHash = 'another'
  await server.run(`import 'early'`)
  expect(server.log.matching(/there twice/)).toEqual([])
})

test('control: without the plugin nobody notices', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ plugin: false })
  const reloads = reloadsOf(server)
  expect((await server.run(twice)).isSame).toBe(false)
  await nextTick()
  expect(reloads).toHaveLength(0)
})
