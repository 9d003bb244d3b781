import path from 'node:path'
import { sources } from '@holdfast/app-request-info/sources'
import { addParts } from './bench/resilience/edits.ts'
import { RELOAD_PATH } from './evaluate-once/constants.ts'
import { addRegistry } from './evaluate-once/registry-package.ts'
import { expect, test } from './fixture.ts'
import type { Harness } from './fixture.ts'
import { ask } from './steps.ts'

test.use({ config: path.join(import.meta.dirname, 'evaluate-once/vite.config.ts') })

/** How often each module has been evaluated that the page shows, by its name. */
async function instances({ url }: Harness): Promise<Record<string, number>> {
  const { text } = await ask(url)
  const counts = text.matchAll(/((?:rsc|ssr) [-\w]+)=(\d+)/g)
  return Object.fromEntries([...counts].map(([, name, count]) => [name!, Number(count)]))
}

async function reload({ url }: Harness): Promise<void> {
  expect((await fetch(`${url}${RELOAD_PATH}?of=rsc&of=ssr`)).ok).toBe(true)
}

const once = { 'rsc react': 1, 'rsc third-party': 1, 'ssr react': 1 }

test.beforeEach(({ harness }) => {
  expect(harness.url).toBeTruthy()
  addParts()
})

test('a reload evaluates the application anew, and no dependency', async ({ harness }) => {
  await expect.poll(() => instances(harness)).toMatchObject(once)
  for (const _ of [1, 2]) {
    const before = await instances(harness)
    await reload(harness)
    await expect
      .poll(async () => {
        const after = await instances(harness)
        return ['rsc app', 'ssr app'].every((name) => after[name]! > before[name]!)
      })
      .toBe(true)
  }
  expect(await instances(harness)).toMatchObject(once)
})

test.describe('without it', () => {
  test.use({ holdfast: 'no-once' })

  test('a reload evaluates everything anew', async ({ harness }) => {
    await expect.poll(() => instances(harness)).toHaveProperty(['rsc app'])
    const before = await instances(harness)
    await reload(harness)
    const isAnew = async (): Promise<boolean> => {
      const after = await instances(harness)
      return Object.keys(once).every((name) => after[name]! > before[name]!)
    }
    await expect.poll(isAnew).toBe(true)
  })
})

for (const [environment, file] of [
  ['rsc', 'src/load-test/server-part.tsx'],
  ['ssr', 'src/load-test/client-part.tsx'],
] as const) {
  test(`a package of ${environment} that throws when it is used again`, async ({ harness }) => {
    using registry = addRegistry()
    const lines = (): string[] =>
      harness.output.split('\n').filter((line) => line.includes(`${registry.id} threw`))

    await expect.poll(() => instances(harness)).toMatchObject(once)
    sources.edit(
      file,
      '// more lines',
      `import { define } from '${registry.id}'\nconst defined = define('part')\nlines.push(() => defined)`,
    )
    await expect.poll(async () => (await ask(harness.url)).text).toContain('part is defined')
    for (const _ of [1, 2, 3]) {
      const before = await instances(harness)
      await reload(harness)
      await expect
        .poll(async () => (await instances(harness))[`${environment} app`])
        .toBeGreaterThan(before[`${environment} app`]!)
      expect((await ask(harness.url)).text).toContain('part is defined')
    }
    expect(lines()).toEqual([expect.stringContaining('part is defined already')])
  })
}
