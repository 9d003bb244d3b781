import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test as base } from '@playwright/test'
import { Load } from '../load.ts'
import { appRoot, run } from '../server.ts'
import type { Command } from '../server.ts'

interface Answer {
  url: string
  id: string
  requests: number
  /** Of a dependency. */
  copies: number
  late: string
}

interface Options {
  holdfast: 'on' | 'no-incremental' | 'off'
}

interface App {
  url: string
  server: Command
}

const file = path.join(appRoot, 'src/late.ts')
const original = readFileSync(file, 'utf8')

/** At once: written in place, the file is empty for a moment, and a busy server reads it just then. */
function save(source: string): void {
  const partial = path.join(appRoot, 'node_modules/.saving')
  writeFileSync(partial, source)
  renameSync(partial, file)
}

/** An edit whose dependencies share code with what is optimized already. */
const late = editWith("''")
/** The same, and one that asks for the state in CommonJS. */
const lateWithLibrary = `import library from 'commonjs-library'\n${editWith('library.idOfApp()')}`

function editWith(expression: string): string {
  return `import { subDays } from 'date-fns/subDays'
import isEven from 'is-even'

export function late(requests: number): string {
  const day = subDays(0, 1).getTime() / 86_400_000
  return [isEven(requests) ? 'even' : 'odd', day, ${expression}].join(', ')
}
`
}

const reloading = /\(ssr\) .*optimized dependencies changed\. reloading/

const test = base.extend<Options & { app: App }>({
  holdfast: ['on', { option: true }],
  app: async ({ holdfast }, use, testInfo) => {
    rmSync(path.join(appRoot, 'node_modules/.vite'), { recursive: true, force: true })
    await using server = run('vite', [], { HOLDFAST: holdfast })
    await use({ server, url: await server.url() })
    await testInfo.attach('server output', { body: server.output, contentType: 'text/plain' })
  },
})

test.afterEach(() => save(original))

async function ask(url: string): Promise<Answer> {
  const response = await fetch(url)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return JSON.parse(text) as Answer
}

/** Makes requests until the dependencies that an edit brought are there. */
async function expectLate(url: string): Promise<Answer> {
  await expect.poll(async () => (await ask(url)).late).toMatch(/^(even|odd), -1/)
  return ask(url)
}

test.describe('with a re-optimization that reloads', { tag: '@state' }, () => {
  test.describe('the control', () => {
    test.use({ holdfast: 'off' })

    test('loses its state', async ({ app }) => {
      const { id } = await ask(app.url)
      save(late)
      // Whatever fails on the way, as it does without our packages.
      await expect.poll(async () => (await fetch(app.url)).text()).toMatch(/"late":"(even|odd), -1/)
      expect(app.server.output).toMatch(reloading)
      expect((await ask(app.url)).id).not.toBe(id)
    })
  })

  test.describe('our packages', () => {
    test.use({ holdfast: 'no-incremental' })

    test('keep the state, and a CommonJS dependency has the same', async ({ app }) => {
      const before = await ask(app.url)
      save(lateWithLibrary)
      const after = await expectLate(app.url)
      expect(app.server.output).toMatch(reloading)
      expect(after.requests).toBeGreaterThan(before.requests)
      expect([after.id, after.late.split(', ')[2]]).toEqual([before.id, before.id])
    })
  })
})

test('dependencies are added without a reload', { tag: '@incremental' }, async ({ app }) => {
  const { id } = await ask(app.url)
  save(lateWithLibrary)
  const after = await expectLate(app.url)
  expect([after.id, after.late.split(', ')[2]]).toEqual([id, id])
  expect(app.server.output).not.toMatch(reloading)
})

test('dependencies are not added, as is said', { tag: '@fallback' }, async ({ app }, testInfo) => {
  const { id } = await ask(app.url)
  const message = /\[@holdfast\/vite-incremental-deps\] .+/.exec(app.server.output)?.[0]
  expect(message).toContain('Rolldown')
  testInfo.annotations.push({ type: 'not available', description: message! })

  save(lateWithLibrary)
  expect((await expectLate(app.url)).id).toBe(id)
  expect(app.server.output).toMatch(reloading)
})

/** An edit that brings nothing new, and that no module accepts. */
async function editOrdinarily(url: string): Promise<Answer> {
  save(original.replace('nothing yet', 'edited'))
  await expect.poll(async () => (await ask(url)).late).toBe('edited')
  return ask(url)
}

test('a dependency is evaluated once', { tag: '@state' }, async ({ app }) => {
  expect((await ask(app.url)).copies).toBe(1)
  expect((await editOrdinarily(app.url)).copies).toBe(1)
})

test.describe('the control', () => {
  test.use({ holdfast: 'off' })

  test('evaluates a dependency once more', { tag: '@state' }, async ({ app }) => {
    expect((await ask(app.url)).copies).toBe(1)
    expect((await editOrdinarily(app.url)).copies).toBe(2)
  })
})

test('no request fails while dependencies come and go', { tag: '@requests' }, async ({ app }) => {
  await ask(app.url)
  await using load = new Load(app.url, async (url, number, states) => {
    const answer = await ask(`${url}/${number}`)
    states.add(answer.id)
    return answer.url === `/${number}` ? undefined : `${number}: answer to ${answer.url}`
  })
  for (const source of [lateWithLibrary, original, lateWithLibrary, original]) {
    save(source)
    const isLate = source === lateWithLibrary
    await expect.poll(async () => (await ask(app.url)).late !== 'nothing yet').toBe(isLate)
    // Vite's watcher overlooks a save that follows another within 50 ms.
    const { count } = load
    await expect.poll(() => load.count).toBeGreaterThan(count + 10)
  }
})

test('the production build works', { tag: '@build' }, async () => {
  save(lateWithLibrary)
  await run('vite', ['build']).done()
  await using preview = run('vite', ['preview'])
  const { id, ...answer } = await ask(`${await preview.url()}/path`)
  expect(answer).toMatchObject({ url: '/path', requests: 1, late: `odd, -1, ${id}` })
})
