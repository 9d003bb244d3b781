import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
  let cycle
  try { a() } catch (error) { cycle = error.message }
  let rejected
  try { await one.defineRwState('async', async () => { throw new Error('boom') }) } catch (error) { rejected = error.message }
  return {
    copies: one.getRwState === two.getRwState ? 1 : 2,
    shared: kept === value && two.getRwState('key') === value,
    cycle,
    rejected,
    keys: two.rwStateKeys(),
    warnings: messages.length,
    process: typeof process,
  }
}

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

const bin = (name: string) =>
  fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url))

describe.each([
  ['Node', process.execPath, []],
  ['Deno', bin('deno'), ['run', '--allow-env', '--no-config']],
  ['Bun', bin('bun'), []],
])('%s', (_, command, args) => {
  test.each([
    ['development', 1],
    ['production', 0],
  ])('%s', async (NODE_ENV, warnings) => {
    const env = { PATH: process.env.PATH, DENO_DIR: join(folder, 'deno'), NODE_ENV }
    const run = promisify(execFile)(command, [...args, join(folder, 'main.mjs')], { env })
    expect(JSON.parse((await run).stdout)).toEqual({ ...works, warnings, process: 'object' })
  })
})

test('workerd, where there is no process', async () => {
  const names = ['worker.mjs', 'one.mjs', 'two.mjs']
  const miniflare = new Miniflare({
    compatibilityDate: '2026-01-01',
    modules: await Promise.all(
      names.map(async (path) => ({
        type: 'ESModule' as const,
        path,
        contents: await readFile(join(folder, path), 'utf8'),
      })),
    ),
  })
  try {
    const response = await miniflare.dispatchFetch('http://worker.test')
    expect(await response.json()).toEqual({ ...works, warnings: 0, process: 'undefined' })
  } finally {
    await miniflare.dispose()
  }
})
