import { setImmediate as immediate } from 'node:timers/promises'
import * as vite from 'vite'
import type { Plugin } from 'vite'
import { beforeEach, describe, expect, test } from 'vitest'
import { evaluateOnce } from './index.ts'
import type { Server } from './project.ts'
import { count, createProject, forgetCounts, majors, pack } from './project.ts'

beforeEach(forgetCounts)

interface Stored {
  generation: number
  entries: Map<string, unknown>
}

/** What is kept in this process, by server and environment. */
const store = (): Map<string, Map<string, Stored>> =>
  Reflect.get(globalThis, Symbol.for('@holdfast/vite-evaluate-once')) ?? new Map()

/** `Promise.withResolvers()`, which Node 20 does not have. */
function withResolvers() {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const promise = new Promise<void>((...both) => {
    ;[resolve, reject] = both
  })
  return { promise, resolve, reject }
}

const stored = (): Stored[] => [...store().values()].flatMap((one) => Array.from(one.values()))

const indices = [0, 1, 2]
/** Once `b` is optimized as well, what it shares with `a` moves to a chunk, so that Vite must reload. */
const pairs = pack(
  'pairs',
  Object.fromEntries(
    indices.flatMap((index) => [
      [`a${index}.js`, `export { shared as a } from './shared${index}.js'`],
      [`b${index}.js`, `export { shared as b } from './shared${index}.js'`],
      [`shared${index}.js`, `export const shared = {}`],
    ]),
  ),
)

test.each(majors)('Vite %s: a re-optimization leaves one generation', async (_name, major) => {
  await using project = await createProject(major, {
    ...pairs,
    'src/entry.js': `${indices.map((index) => `import 'pairs/a${index}.js'`).join('\n')}\nevaluated('entry')`,
  })
  await using server = await project.serve({ plugins: [evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  const { depsOptimizer } = server.ssr
  for (const index of indices) {
    const evaluated = count('entry')
    const id = `pairs/b${index}.js`
    depsOptimizer!.registerMissingImport(id, `${project.root}/node_modules/${id}`)
    await expect.poll(() => count('entry')).toBe(evaluated + 1)
    const kept = stored()
    expect(kept).toMatchObject([{ generation: index + 1 }])
    const names = [...kept[0]!.entries.keys()].filter((key) => /\/pairs_a\d/.test(key))
    expect(names).toHaveLength(indices.length)
  }
})

test('a restart begins empty, and a server that is closed leaves nothing', async () => {
  await using project = await createProject(vite, {
    ...pack('dep', `evaluated('dep')`),
    'src/entry.js': `import 'dep'\nevaluated('entry')`,
  })
  const before = store().size
  await using server = await project.serve({ plugins: [evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  await server.vite.restart()
  expect(store().size).toBe(before)
  const { ssr } = server.vite.environments
  await (ssr as vite.RunnableDevEnvironment).runner.import('/src/entry.js')
  expect(count('dep')).toBe(2)
  await server.vite.close()
  expect(store().size).toBe(before)
})

test('two servers in one process keep apart', async () => {
  await using project = await createProject(vite, {
    ...pack('dep', `evaluated('dep')`),
    'src/entry.js': `import 'dep'\nevaluated('entry')`,
  })
  await using one = await project.serve({ plugins: [evaluateOnce()] })
  await one.runner.import('/src/entry.js')
  await using other = await project.serve({ plugins: [evaluateOnce()] })
  await other.runner.import('/src/entry.js')
  expect(count('dep')).toBe(2)
  await one.reload()
  expect(count('dep')).toBe(2)
})

test('under Vitest nothing is kept', async () => {
  await using project = await createProject(vite, {
    ...pack('dep', `evaluated('dep')`),
    'src/entry.js': `import 'dep'\nevaluated('entry')`,
  })
  const vitest: Plugin = { name: 'vitest' }
  await using server = await project.serve({ plugins: [vitest, evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  await server.reload()
  expect(count('dep')).toBe(2)
})

/** Waits until the runner has come to a dependency since its last reload. */
async function expectEntered({ runner }: Server, name: string): Promise<void> {
  const ids = (): string[] => [...runner.evaluatedModules.idToModuleMap.keys()]
  await expect.poll(() => ids().some((id) => id.includes(`/${name}.js`))).toBe(true)
  // And has looked for it in the store, which it has at hand.
  await immediate()
}

describe('an evaluation', () => {
  test('that failed is not kept', async () => {
    await using project = await createProject(vite, {
      ...pack('dep', `evaluated('dep'); if (globalThis.failing) throw new Error('not now')`),
      'src/entry.js': `evaluated('entry')\nexport const load = () => import('dep')`,
    })
    await using server = await project.serve({ plugins: [evaluateOnce()] })
    const load = async (): Promise<unknown> => (await server.runner.import('/src/entry.js')).load()
    Object.assign(globalThis, { failing: true })
    await expect(load()).rejects.toThrow('not now')
    Object.assign(globalThis, { failing: false })
    await server.reload()
    await load()
    await server.reload()
    await load()
    expect(count('dep')).toBe(2)
  })

  test('that goes on over a reload is waited for', async () => {
    const { promise, resolve } = withResolvers()
    Object.assign(globalThis, { gate: promise })
    await using project = await createProject(vite, {
      ...pack('dep', `evaluated('dep'); await globalThis.gate; export const value = {}`),
      ...pack('importer', `export { value } from 'dep'; evaluated('importer')`),
      'src/entry.js': `evaluated('entry')\nexport const load = () => import('importer')`,
    })
    await using server = await project.serve({ plugins: [evaluateOnce()] })
    const load = async (): Promise<{ value: unknown }> =>
      (await server.runner.import('/src/entry.js')).load()
    const before = load()
    await expect.poll(() => count('dep')).toBe(1)
    await server.reload()
    const after = load()
    await expectEntered(server, 'importer')
    resolve()
    expect((await after).value).toBe((await before).value)
    expect([count('dep'), count('importer')]).toEqual([1, 1])
  })

  test('that failed meanwhile is begun anew', async () => {
    const { promise, reject } = withResolvers()
    Object.assign(globalThis, { gate: promise })
    await using project = await createProject(vite, {
      ...pack('dep', `evaluated('dep'); await globalThis.gate; export const value = {}`),
      'src/entry.js': `evaluated('entry')\nexport const load = () => import('dep')`,
    })
    await using server = await project.serve({ plugins: [evaluateOnce()] })
    const load = async (): Promise<{ value: unknown }> =>
      (await server.runner.import('/src/entry.js')).load()
    const before = load()
    await expect.poll(() => count('dep')).toBe(1)
    await server.reload()
    const after = load()
    await expectEntered(server, 'dep')
    Object.assign(globalThis, { gate: undefined })
    reject(new Error('meanwhile'))
    await expect(before).rejects.toThrow('meanwhile')
    expect((await after).value).toEqual({})
    expect(count('dep')).toBe(2)
  })
})
