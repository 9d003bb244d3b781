import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as vite from 'vite'
import { describe, expect, test } from 'vitest'
import { hmrBridge } from './index.ts'
import { createProject, dep, majors, PAIRS, sendOf, ssrModules, type Server } from './project.ts'

const RELOADING = /\(ssr\).*optimized dependencies changed\. reloading/

const files = {
  ...dep,
  'src/entry.js': `
    import 'virtual:vite-hmr-bridge/client'
    import page from 'ssr:/src/page.js'
    export const render = () => page.render()
    export const late = async (index) =>
      (await import(/* @vite-ignore */ '/@id/__x00__ssr:/src/late' + index + '.js')).default`,
  'src/page.js': `
    import { a } from 'dep/a0'
    const b = undefined
    export { a }
    export const render = () => a === b`,
  ...Object.fromEntries(
    PAIRS.map((index) => [
      `src/late${index}.js`,
      `import 'dep/b${index}'
       import { a } from 'dep/a0'
       import { a as ofPage } from './page.js'
       export const isSame = a === ofPage`,
    ]),
  ),
}

const environments = {
  ssr: {
    resolve: { noExternal: true as const },
    optimizeDeps: { noDiscovery: false, include: PAIRS.map((index) => `dep/a${index}`) },
  },
}

interface Entry {
  render: () => boolean
  late: (index: number) => Promise<{ isSame: boolean }>
}

const importEntry = (server: Server): Promise<Entry> => server.runner.import('/src/entry.js')

async function reoptimize(server: Server, index: number): Promise<void> {
  const reloading = server.log.next(RELOADING)
  // This very import may be told that it is outdated.
  await Promise.allSettled([(await importEntry(server)).late(index)])
  await reloading
}

describe.each(majors)('Vite %s', (_name, major) => {
  test('the worker has all of the new dependencies', async () => {
    await using project = await createProject(major, files)
    const plugins = [ssrModules(), hmrBridge({ from: 'ssr', to: 'worker' })]
    const server = await project.serve({ plugins, environments })
    await reoptimize(server, 1)
    expect(await server.api.applied('worker')).toBe(true)
    expect(await (await importEntry(server)).late(1)).toMatchObject({ isSame: true })
  })

  test('control: without the bridge it fails, or has two generations of them, for good', async () => {
    await using project = await createProject(major, files)
    const bridge = { ...hmrBridge({ from: 'ssr', to: 'worker' }), configureServer: undefined }
    const server = await project.serve({ plugins: [ssrModules(), bridge], environments })
    await reoptimize(server, 1)
    await reoptimize(server, 2)
    for (let request = 0; request < 3; request++) {
      const { late } = await importEntry(server)
      const isSame = late(2).then((module) => module.isSame)
      // Which of the two, Vite's versions differ in.
      expect(await isSame.catch(() => false)).toBe(false)
    }
  })

  test('an edit brings a new dependency', async () => {
    await using project = await createProject(major, files)
    const plugins = [ssrModules(), hmrBridge({ from: 'ssr', to: 'worker' })]
    const server = await project.serve({ plugins, environments })
    expect((await importEntry(server)).render()).toBe(false)

    const reloading = server.log.next(RELOADING)
    await project.edit('src/page.js', 'const b = undefined', `import { b } from 'dep/b0'`)
    await reloading
    expect(await server.api.applied('worker')).toBe(true)
    expect((await importEntry(server)).render()).toBe(true)
  })
})

test('50 re-optimizations in a row leave nothing behind', { timeout: 60_000 }, async () => {
  setFlagsFromString('--expose_gc')
  const collect: () => void = runInNewContext('gc')
  await using project = await createProject(vite, files)
  const plugins = [ssrModules(), hmrBridge({ from: 'ssr', to: 'worker' })]
  const server = await project.serve({ plugins, environments })
  await importEntry(server)
  expect(await server.api.applied('worker')).toBe(true)
  const { innerEmitter, outsideEmitter } = server.worker.hot.api
  const left = (): unknown[] => [
    sendOf(server.ssr),
    sendOf(server.worker),
    ...[innerEmitter, outsideEmitter].flatMap((emitter) =>
      emitter.eventNames().map((name: string) => [name, emitter.listenerCount(name)]),
    ),
  ]
  const before = left()

  const heaps: number[] = []
  for (const index of PAIRS) {
    await reoptimize(server, index)
    expect(await server.api.applied('worker')).toBe(true)
    expect(await (await importEntry(server)).late(index)).toMatchObject({ isSame: true })
    collect()
    heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
  }
  expect(server.log.matching(RELOADING)).toHaveLength(50)
  expect(left()).toEqual(before)
  // Vite's own graph keeps the modules of former hashes: about 3 MB here, without a bridge as well.
  expect(heaps.at(-1)! - heaps[10]!).toBeLessThan(8)
})
