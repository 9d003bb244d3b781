import type { InlineConfig } from 'vite'
import { expect, test } from 'vitest'
import type { StatePluginApi } from './index.ts'
import { createProject, installed, majors, type Project, type Server } from './project.ts'

const apiOf = ({ config }: Server): StatePluginApi =>
  config.plugins.find(({ name }) => name === '@holdfast/vite-state-plugin')!.api

/** Runs `code` in the environments, where the default container is there as `rwsdk`. */
async function run(
  project: Project,
  code: string,
  config: InlineConfig = {},
  environments: string[] = ['ssr'],
): Promise<Server> {
  await project.write({ 'entry.js': `import * as rwsdk from 'rwsdk/__state'\n${code}` })
  const server = await project.serve({ plugins: [project.statePlugin()], ...config })
  for (const name of environments) await server.runner(name).import('/entry.js')
  return server
}

// Containers are this process's: each test has keys of its own, and leaves none behind.
const clear = '\nexport const clear = () => rwsdk.rwStateKeys().forEach(rwsdk.deleteRwState)'

test.each(majors)('Vite %s: the keys of the runners, once for each isolate', async (_, vite) => {
  await using project = await createProject({}, vite)
  const before = Date.now()
  const server = await run(
    project,
    `for (const i of [1, 2, 3]) rwsdk.defineRwState('defined', () => new Map([['secret', i]]))
    rwsdk.setRwState('set', null)${clear}`,
    { environments: { worker: {}, idle: {} } },
    ['ssr', 'worker'],
  )
  const { stateKeys } = apiOf(server)
  // Two runners in one process, as in the child topology, share what they have.
  const environments = expect.toSatisfy(
    (names: string[]) => names.toSorted().join() === 'ssr,worker',
  )
  const keys = await stateKeys()
  expect(keys).toEqual([
    {
      container: 'rwsdk',
      key: 'defined',
      type: 'Map',
      since: expect.any(Number),
      defines: 6,
      environments,
    },
    { container: 'rwsdk', key: 'set', type: 'null', environments },
  ])
  expect(keys[0]!.since).toBeGreaterThanOrEqual(before)
  expect(keys[0]!.since).toBeLessThanOrEqual(Date.now())
  expect(await stateKeys({ values: true })).toMatchObject([
    { value: 'Map(1) {"secret" => 1}' },
    { value: 'null' },
  ])
  const { clear: clearKeys } = await server.runner('ssr').import<{ clear: () => void }>('/entry.js')
  clearKeys()
  expect(await stateKeys()).toEqual([])
})

test('who has evaluated the module anew answers once', async () => {
  await using project = await createProject()
  const server = await run(project, `rwsdk.setRwState('again', 1)${clear}`)
  const runner = server.runner('ssr')
  runner.clearCache()
  const { clear: clearKeys } = await runner.import<{ clear: () => void }>('/entry.js')
  const answers: unknown[] = []
  server.environments.ssr.hot.on('vite-state-plugin:answer', (answer) => answers.push(answer))
  expect(await apiOf(server).stateKeys()).toMatchObject([{ key: 'again' }])
  expect(answers).toHaveLength(1)
  clearKeys()
})

test('the container of a framework is listed, and one that was opened past the specifier', async () => {
  await using project = await createProject(
    {
      ...installed(
        'framework',
        {
          'state.js': `
          import { createStateContainer } from '@holdfast/state-runtime'
          export const state = createStateContainer('framework')
          createStateContainer('past').set('other', [1])`,
        },
        { type: 'module', exports: { './state': './state.js' } },
      ),
      'framework.js': `
      import { state } from 'framework/__state'
      state.define('routes', () => [])`,
    },
    undefined,
    'flat',
  )
  const server = await project.serve({
    plugins: [project.statePlugin({ specifier: 'framework/__state', runtime: 'framework/state' })],
  })
  await server.runner('ssr').import('/framework.js')
  expect(await apiOf(server).stateKeys()).toMatchObject([
    { container: 'framework', key: 'routes', type: 'Array', defines: 1 },
    { container: 'past', key: 'other', type: 'Array' },
  ])
  for (const name of ['framework', 'past']) {
    Reflect.deleteProperty(globalThis, Symbol.for(`@holdfast/state-runtime:${name}`))
  }
})

test('nothing that is stored can do harm', async () => {
  await using project = await createProject()
  const server = await run(
    project,
    `
    class Hostile { get secret() { throw new Error('read') } }
    const cycle = { name: 'cycle' }
    cycle.self = cycle
    const hostile = {
      '<b>key</b>': '<script>',
      revoked: (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })(),
      getter: Object.defineProperty({}, 'secret', { enumerable: true, get() { throw new Error('read') } }),
      instance: new Hostile(),
      cycle,
      bare: Object.create(null),
      symbol: Symbol('s'),
      invalid: new Date(NaN),
      long: 'x'.repeat(10_000),
      many: Array.from({ length: 1000 }, (_, i) => i),
      function: () => {},
      ['k'.repeat(10_000)]: 1,
    }
    for (const [key, value] of Object.entries(hostile)) rwsdk.setRwState(key, value)${clear}`,
  )
  const keys = await apiOf(server).stateKeys({ values: true })
  const told = Object.fromEntries(keys.map(({ key, type, value }) => [key, `${type}: ${value}`]))
  expect(told).toMatchObject({
    '<b>key</b>': 'string: "<script>"',
    revoked: 'object: ?',
    getter: 'Object: {secret: getter}',
    instance: 'Hostile: Hostile {}',
    bare: 'object: object {}',
    cycle:
      'Object: {name: "cycle", self: {name: "cycle", self: {name: "cycle", self: Object {…}}}}',
    symbol: 'symbol: Symbol(s)',
    invalid: 'Date: ?',
    function: 'function: function',
    many: expect.stringMatching(/^Array: \[0, 1, .*, 19, …\]$/),
  })
  expect(told['long']!.length).toBeLessThan(600)
  expect(keys.find(({ key }) => key.startsWith('kkk'))!.key).toHaveLength(500)
  const { clear: clearKeys } = await server.runner('ssr').import<{ clear: () => void }>('/entry.js')
  clearKeys()
})

test('never rejects, and waits for nobody who cannot answer', async () => {
  await using project = await createProject()
  const server = await run(project, `rwsdk.setRwState('key', 1)${clear}`)
  const { stateKeys } = apiOf(server)
  const { hot } = server.environments.ssr
  const send = hot.send.bind(hot)
  hot.send = () => {}
  expect(await stateKeys({ timeout: 10 })).toEqual([])
  // It is not waited for any more, until it is heard.
  hot.send = (...args: unknown[]) => void setTimeout(() => Reflect.apply(send, hot, args), 50)
  const answered = new Promise((resolve) => hot.on('vite-state-plugin:answer', resolve))
  expect(await stateKeys()).toEqual([])
  await answered
  expect(await stateKeys()).toHaveLength(1)
  hot.send = () => {
    throw new Error('no connection')
  }
  expect(await stateKeys({ timeout: 2 ** 31 - 1 })).toEqual([])
  hot.send = send
  const { clear: clearKeys } = await server.runner('ssr').import<{ clear: () => void }>('/entry.js')
  clearKeys()
  // Where nobody has evaluated the module, nobody is even asked.
  const other = await project.serve({ plugins: [project.statePlugin()] })
  expect(await apiOf(other).stateKeys({ timeout: 2 ** 31 - 1 })).toEqual([])
})

test('an environment without a runner is waited for once', async () => {
  await using project = await createProject()
  const server = await run(project, `rwsdk.setRwState('key', 1)${clear}`, {
    environments: { mute: {} },
  })
  server.environments['mute']!.hot.send = () => {}
  const { stateKeys } = apiOf(server)
  expect(await stateKeys({ timeout: 100 })).toMatchObject([{ environments: ['ssr'] }])
  expect(await stateKeys({ timeout: 2 ** 31 - 1 })).toMatchObject([{ environments: ['ssr'] }])
  const { clear: clearKeys } = await server.runner('ssr').import<{ clear: () => void }>('/entry.js')
  clearKeys()
})

test('without HMR there are none', async () => {
  await using project = await createProject()
  const server = await run(project, `rwsdk.setRwState('key', 1); rwsdk.deleteRwState('key')`, {
    server: { hmr: false },
  })
  expect(await apiOf(server).stateKeys()).toEqual([])
})
