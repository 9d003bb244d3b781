import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dist } from './test-helper.ts'

/** A worker, which the other runtimes can call as well: two copies of the module and what they do. */
const worker = `
import * as one from './one.mjs'
import * as two from './two.mjs'

async function check() {
  const messages = []
  console.warn = (message) => messages.push(message)
  const value = one.defineRwState('key', () => ({}))
  const kept = two.defineRwState('key', () => ({ edited: true }))
  const a = () => one.defineRwState('a', b)
  const b = () => two.defineRwState('b', a)
  const boom = () => one.defineRwState('boom', () => Promise.reject(new Error('boom')))
  return {
    copies: one.getRwState === two.getRwState ? 1 : 2,
    shared: kept === value && two.getRwState('key') === value,
    cycle: await message(async () => a()),
    rejected: await message(boom),
    keys: two.rwStateKeys(),
    warnings: messages.length,
    process: typeof process,
    runtime: navigator.userAgent,
  }
}

const message = (run) => run().catch((error) => error.message)

export default { fetch: async () => Response.json(await check()) }
`

const works = {
  copies: 2,
  shared: true,
  cycle: '[@holdfast/state-runtime] Initializer "a → b → a" is a cycle; break it',
  rejected: 'boom',
  keys: ['key'],
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-runtime-'))
  await copyFile(dist, join(folder, 'one.mjs'))
  await copyFile(dist, join(folder, 'two.mjs'))
  await writeFile(join(folder, 'worker.mjs'), worker)
  await writeFile(
    join(folder, 'main.mjs'),
    `import worker from './worker.mjs'
    console.log(await (await worker.fetch()).text())`,
  )
})

afterAll(() => rm(folder, { recursive: true }))

describe.each([
  ['Node', process.execPath, []],
  [
    'Deno',
    process.execPath,
    [fileURLToPath(import.meta.resolve('deno/bin.cjs')), 'run', '--allow-env', '--no-config'],
  ],
  ['Bun', fileURLToPath(import.meta.resolve('bun/bin/bun.exe')), []],
])('%s', (runtime, command, args) => {
  test.each([
    ['development', 1],
    ['production', 0],
  ])('%s', async (NODE_ENV, warnings) => {
    const env = { PATH: process.env.PATH, DENO_DIR: join(folder, 'deno'), NODE_ENV }
    const run = promisify(execFile)(command, [...args, join(folder, 'main.mjs')], { env })
    expect(JSON.parse((await run).stdout)).toEqual({
      ...works,
      warnings,
      process: 'object',
      runtime: expect.stringContaining(runtime),
    })
  })
})

describe('workerd', () => {
  test.each([
    ['without process', [], { warnings: 0, process: 'undefined' }],
    ['with nodejs_compat', ['nodejs_compat'], { warnings: 1, process: 'object' }],
  ])('%s', async (_, compatibilityFlags, expected) => {
    const modules = await Promise.all(
      ['worker.mjs', 'one.mjs', 'two.mjs'].map(async (name) => {
        const contents = await readFile(join(folder, name), 'utf8')
        return [name, { type: 'esm' as const, contents }] as const
      }),
    )
    const config = {
      name: 'worker',
      compatibilityDate: '2026-01-01',
      compatibilityFlags,
      manifest: { mainModule: 'worker.mjs', modules: Object.fromEntries(modules) },
    }
    const miniflare = new Miniflare({ workers: [{ config }] })
    try {
      const response = await miniflare.dispatchFetch('http://worker.test')
      expect(await response.json()).toEqual({
        ...works,
        ...expected,
        runtime: 'Cloudflare-Workers',
      })
    } finally {
      await miniflare.dispose()
    }
  })
})
