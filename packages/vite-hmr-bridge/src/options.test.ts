import { setImmediate as immediate } from 'node:timers/promises'
import * as vite from 'vite'
import { DevEnvironment, type EnvironmentOptions } from 'vite'
import { describe, expect, test } from 'vitest'
import { type FindRoutes, hmrBridge, type HmrBridgeOptions } from './index.ts'
import { createProject, majors, record, ssrModules } from './project.ts'

const mute = (hot: boolean): EnvironmentOptions => ({
  dev: { createEnvironment: (name, config) => new DevEnvironment(name, config, { hot }) },
})

async function start(options: HmrBridgeOptions | FindRoutes): Promise<unknown> {
  await using project = await createProject(vite)
  const environments = { mute: mute(true), disabled: mute(false) }
  const server = await project.serve({ plugins: [hmrBridge(options)], environments })
  return server
}

describe('a server does not start', () => {
  test.each<[any, RegExp]>([
    [undefined, /`from` names no environment; this server has "client",.*"worker",.*; write,/],
    [{}, /`from` names no environment/],
    [{ from: 'ssr' }, /`to` names no environment/],
    [{ from: 'ssr', to: [] }, /`to` names no environment/],
    [{ from: '', to: 'worker' }, /named ""/],
    [{ from: 'srr', to: 'worker' }, /named "srr"; this server has "client",.*"worker".*`from`/],
    [{ from: 'ssr', to: ['worker', 'wroker'] }, /named "wroker"; .*"worker".*correct `to`/],
    [{ from: 'ssr', to: 'toString' }, /named "toString"/],
    [{ from: 'ssr', to: 'ssr' }, /"ssr" cannot be both `from` and `to`; this server has "client",/],
    [{ from: ['ssr', 'worker'], to: ['worker'] }, /"worker" cannot be both/],
  ])('with %j', async (options, message) => {
    await expect(start(options)).rejects.toThrow(message)
  })
})

describe('a function', () => {
  test('is given the environments, and may find that nothing is to be bridged', async () => {
    const seen: string[][] = []
    const find: FindRoutes = (environments) => {
      seen.push(Object.keys(environments))
      return false
    }
    await expect(start(find)).resolves.toBeDefined()
    expect(seen).toEqual([['client', 'ssr', 'worker', 'mute', 'disabled']])
  })

  test('chooses as the options do', async () => {
    const find = { from: 'mute', to: 'worker' }
    await expect(start(() => find)).resolves.toBeDefined()
    await expect(start(() => [find, { from: 'ssr', to: 'worker' }])).resolves.toBeDefined()
    await expect(start(() => ({ from: 'ssr', to: 'wroker' }))).rejects.toThrow(/named "wroker"/)
  })

  test('is asked again whenever there may be something to forward', async () => {
    await using project = await createProject(vite)
    let routes: HmrBridgeOptions | false = false
    const server = await project.serve({ plugins: [hmrBridge(() => routes)] })
    const forwarded = record(server.worker)
    const reload = async (): Promise<number> => {
      server.ssr.hot.send({ type: 'full-reload', path: '*' })
      await immediate()
      return forwarded.length
    }
    expect(await reload()).toBe(0)
    routes = { from: 'ssr', to: 'worker' }
    expect(await reload()).toBe(1)
    routes = false
    expect(await reload()).toBe(1)
  })
})

test.each(['mute', 'disabled', 'client'])('a target is not judged by its shape: %s', async (to) => {
  await expect(start({ from: 'ssr', to })).resolves.toBeDefined()
})

test.each(majors)('`from` and `to` that are swapped, Vite %s', async (_name, major) => {
  await using project = await createProject(major, {
    'src/entry.js': `import page from 'ssr:/src/page.js'; export { page }`,
    'src/page.js': 'export const page = 1',
  })
  const swapped = hmrBridge({ from: 'worker', to: 'ssr' })
  const server = await project.serve({ plugins: [ssrModules(), swapped] })
  const reload = async (): Promise<string[]> => {
    server.worker.hot.send({ type: 'full-reload', path: '*' })
    await immediate()
    return server.log.matching(/swap `from` and `to`/)
  }
  // Nobody can know yet.
  expect(await reload()).toEqual([])
  await server.runner.import('/src/entry.js')
  await reload()
  expect(await reload()).toEqual([
    expect.stringContaining('it is "worker" that fetches modules of "ssr"'),
  ])
})
