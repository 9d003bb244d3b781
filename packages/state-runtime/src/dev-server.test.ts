import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, isRunnableDevEnvironment, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { dist } from './test-helper.ts'

let root: string
let server: ViteDevServer
const warn = vi.spyOn(console, 'warn').mockReturnValue()

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'state-runtime-'))
  server = await createServer({
    configFile: false,
    root,
    logLevel: 'silent',
    appType: 'custom',
    server: { middlewareMode: true, ws: false, watch: null, fs: { strict: false } },
  })
})

beforeEach(() => {
  warn.mockClear()
})

afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true })
})

/** Saves `name` and evaluates it anew in the ssr environment, as a full reload after an edit does. */
async function save(name: string, code: string): Promise<{ value: unknown; served: string }> {
  const file = join(root, name)
  await writeFile(file, code)
  const { ssr } = server.environments
  if (!isRunnableDevEnvironment(ssr)) throw new Error('The ssr environment has no runner')
  ssr.moduleGraph.onFileChange(file)
  ssr.runner.clearCache()
  const { value } = await ssr.runner.import(file)
  return { value, served: (await ssr.transformRequest(file))?.code ?? '' }
}

const runtime = `import { defineRwState } from ${JSON.stringify(dist)}`

const saveValue = (value: string) =>
  save('value.ts', `${runtime}\nexport const value = defineRwState('value', () => ${value})`)

test('an edited initializer is warned of once, and its value kept', async () => {
  expect(await saveValue('1')).toMatchObject({ value: 1 })
  expect(await saveValue('/* the same */ 1')).toMatchObject({ value: 1 })
  expect(warn).not.toHaveBeenCalled()
  expect(await saveValue('2')).toMatchObject({ value: 1 })
  expect(await saveValue('2')).toMatchObject({ value: 1 })
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"value" keeps its value'))
})

const saveImports = (imports: string) =>
  save(
    'imports.ts',
    `${imports}
    import { create } from './create.ts'
    export const value = defineRwState('imports', () => create(1))`,
  )

test('an import added above is no edit of the initializer', async () => {
  await writeFile(join(root, 'create.ts'), `export const create = (n: number): number => n`)
  const before = await saveImports(runtime)
  const after = await saveImports(`import 'node:path'\n${runtime}`)
  expect(before.served).toContain('(0,__vite_ssr_import_1__.create)(1)')
  expect(after.served).toContain('(0,__vite_ssr_import_2__.create)(1)')
  expect(after.value).toBe(1)
  expect(warn).not.toHaveBeenCalled()
})

test('what a browser is served does not need a process', async () => {
  const served = await server.environments.client.transformRequest(dist)
  expect(served?.code).toContain('has a new initializer')
  expect(served?.code).toContain('"DEV": true')
  expect(served?.code).not.toMatch(/\bprocess\b/)
})
