import * as vite from 'vite'
import { DevEnvironment, type EnvironmentOptions } from 'vite'
import { describe, expect, test } from 'vitest'
import { type FindRoutes, hmrBridge, type HmrBridgeOptions } from './index.ts'
import { createProject, majors } from './project.ts'

const mute = (hot: boolean): EnvironmentOptions => ({
  dev: { createEnvironment: (name, config) => new DevEnvironment(name, config, { hot }) },
})

async function start(options: HmrBridgeOptions | FindRoutes, major = vite): Promise<unknown> {
  await using project = await createProject(major)
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

  test.each(majors)('with a target without a hot channel, Vite %s', async (_name, major) => {
    for (const to of ['mute', 'disabled']) {
      await expect(start({ from: 'ssr', to }, major)).rejects.toThrow(
        /"(mute|disabled)" cannot be `to`.* no hot channel.*"client", "ssr", "worker" can; are.*own field/,
      )
    }
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
    await expect(start(() => ({ from: 'mute', to: 'worker' }))).resolves.toBeDefined()
    await expect(start(() => ({ from: 'ssr', to: 'mute' }))).rejects.toThrow(
      /"mute" cannot be `to`/,
    )
  })
})

test('a source needs no hot channel', async () => {
  await expect(start({ from: 'mute', to: 'worker' })).resolves.toBeDefined()
})

test.each<[string, object]>([
  ['own fields', { environment: DevEnvironment, transport: { send() {} } }],
  [
    'prototype methods only, in an environment of its own class',
    {
      environment: class extends DevEnvironment {},
      transport: new (class {
        send(): void {}
      })(),
    },
  ],
])('a target may have a channel of %s', async (_, { environment, transport }: any) => {
  await using project = await createProject(vite)
  const remote: EnvironmentOptions = {
    dev: {
      createEnvironment: (name, config) => new environment(name, config, { hot: true, transport }),
    },
  }
  const plugins = [hmrBridge({ from: 'ssr', to: 'remote' })]
  await expect(project.serve({ plugins, environments: { remote } })).resolves.toBeDefined()
})
