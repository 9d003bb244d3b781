import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { InvalidOriginalMapping, OriginalMapping } from '@jridgewell/trace-mapping'
import * as vite from 'vite'
import { beforeEach, describe, expect, test } from 'vitest'
import { evaluateOnce } from './index.ts'
import { count, createProject, forgetCounts, majors, pack } from './project.ts'

beforeEach(forgetCounts)

const dep = pack('dep', `evaluated('dep'); export const state = { count: 0 }`)

const entry = (imports: string): string =>
  `${imports}\nexport const now = () => globalThis.now\nevaluated('entry')`

describe.each(majors)('Vite %s', (_name, major) => {
  const files = {
    ...dep,
    'src/entry.js': entry(`import { state } from 'dep'\nexport const add = () => ++state.count`),
  }

  test('a dependency is evaluated once, and the application at each reload', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve({ plugins: [evaluateOnce()] })
    const add = async (): Promise<number> =>
      (await server.runner.import('/src/entry.js')).add() as number
    expect(await add()).toBe(1)
    await server.reload()
    expect(await add()).toBe(2)
    await server.reload()
    expect(await add()).toBe(3)
    expect(count('dep')).toBe(1)
    expect(count('entry')).toBe(3)
    expect(server.api.fetched()).toEqual([
      { dependency: 'dep', environment: 'ssr', since: expect.any(Date) },
    ])
  })

  test('without the plugin it begins anew', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    await server.runner.import('/src/entry.js')
    await server.reload()
    expect(count('dep')).toBe(2)
  })

  test('exports are live, `default`, `export *`, CommonJS and JSON among them', async () => {
    await using project = await createProject(major, {
      ...pack('live', {
        'index.js': `
          import json from './data.json'
          export * from './more.js'
          export { json }
          export let value = 0
          export const add = () => { value++ }
          export { value as default }`,
        'more.js': `export let more = 0; export const addMore = () => { more++ }`,
        'data.json': `{ "of": "json" }`,
      }),
      ...pack('common', `exports.__esModule = true; exports.default = exports.named = { id: 1 }`, {
        type: 'commonjs',
      }),
      ...pack('plain', `module.exports = function plain() { return this }`, { type: 'commonjs' }),
      'src/entry.js': entry(`
        import * as live from 'live'
        import common, { named } from 'common'
        import plain from 'plain'
        export { live, common, named, plain }`),
    })
    const server = await project.serve({ plugins: [evaluateOnce()] })
    const before = await server.runner.import('/src/entry.js')
    await server.reload()
    const after = await server.runner.import('/src/entry.js')
    expect(after).not.toBe(before)
    expect(Object.keys(after.live).toSorted()).toEqual(Object.keys(before.live).toSorted())
    after.live.add()
    before.live.add()
    after.live.addMore()
    expect(after.live).toMatchObject({ default: 2, value: 2, more: 1, json: { of: 'json' } })
    expect(before.live).toMatchObject({ default: 2, value: 2, more: 1 })
    expect(after.common).toBe(before.common)
    expect(after.named).toBe(before.named)
    expect(after.plain).toBe(before.plain)
  })

  test('no line moves, and columns as source maps tell', async () => {
    await using project = await createProject(major, {
      ...pack(
        'thrower',
        `// A comment.\nexport const fail = () => {\n  throw new Error('here')\n}`,
      ),
      'src/entry.js': entry(`import { fail } from 'thrower'; export { fail }`),
      // Vite puts nothing before it.
      'src/bare.js': `globalThis.bare = 'there'`,
    })
    const placesIn = async (plugins: vite.Plugin[]): Promise<Place[]> => {
      await using server = await project.serve({ plugins })
      const placeIn = async (url: string, text: string): Promise<Place> =>
        placeOf(await server.ssr.fetchModule(url), text)
      const bare = await placeIn('/src/bare.js', 'there')
      await server.ssr.transformRequest('/src/entry.js')
      const urls = [...server.ssr.moduleGraph.urlToModuleMap.keys()]
      return [
        bare,
        await placeIn(
          urls.find((url) => url.includes('/thrower.js'))!,
          'here',
        ),
      ]
    }
    const plain = await placesIn([])
    expect(plain).toMatchObject([
      { line: 0, original: { line: 1, column: 19 } },
      { original: { line: expect.any(Number) } },
    ])
    const ours = await placesIn([evaluateOnce()])
    expect(ours).toEqual(plain)
  })
})

interface Place {
  /** In the code, of the first 0. */
  line: number
  original: OriginalMapping | InvalidOriginalMapping
}

/** Where a text is in the code, and where it comes from. */
function placeOf(fetched: vite.FetchResult, text: string): Place {
  if (!('code' in fetched)) throw new Error('no code')
  const lines = fetched.code.split('\n')
  const [, base64] = /sourceMappingURL=data:[^,]*,(.*)/.exec(fetched.code)!
  const json = Buffer.from(base64!, 'base64').toString()
  const map = new TraceMap(json.replaceAll(/\?v=\w+/g, ''))
  const line = lines.findIndex((one) => one.includes(text))
  const column = lines[line]!.indexOf(text)
  return { line, original: originalPositionFor(map, { line: line + 1, column }) }
}
