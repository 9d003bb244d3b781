import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { SwitchName } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import type { Harness } from './fixture.ts'
import { appRoot } from './server.ts'
import { ask, expectServed, readState } from './steps.ts'

/** For each switch, the server environment in which its dependencies are found, and by whom. */
const found = {
  'server-component': {
    environment: 'rsc',
    ids: ['date-fns/subDays', 'is-even'],
    importer: 'src/components/server-component.tsx',
  },
  'client-component': {
    environment: 'ssr',
    ids: ['is-number'],
    importer: 'src/components/client-component.tsx',
  },
  'plain-module': {
    environment: 'rsc',
    ids: ['@noble/hashes/hmac.js'],
    importer: 'src/plain-module.ts',
  },
} as const satisfies Partial<Record<SwitchName, object>>

const switches = Object.keys(found) as (keyof typeof found)[]

/** The lines that tell of dependencies that were found late. */
function lines({ output }: Harness): string[] {
  return output.split('\n').filter((line) => /^\[holdfast\] \w+ (?:\+|re-optim|could)/.test(line))
}

/** Waits for a line for each of the ids, and returns them. */
async function linesOf(harness: Harness, name: keyof typeof found): Promise<string[]> {
  const { environment, ids, importer } = found[name]
  const of = (id: string) =>
    lines(harness).filter(
      (line) => line.startsWith(`[holdfast] ${environment} `) && line.includes(`${id} `),
    )
  for (const id of ids) await expect.poll(() => of(id), id).toHaveLength(1)
  const all = [...new Set(ids.flatMap(of))]
  for (const line of all) expect(line).toContain(` ← ${importer}`)
  return all
}

test('a line for what is added', async ({ harness, page }) => {
  await open(page, harness.url)
  for (const name of switches) {
    harness.toggle(name, true)
    await expect(page.getByTestId(name)).toBeVisible()
    // An open page fetches its components, and has none of them rendered to HTML.
    await ask(harness.url)
    for (const line of await linesOf(harness, name)) {
      expect(line).toMatch(/^\[holdfast\] \w+ \+ .* in \d+ ms.* · no reload$/)
    }
  }
  expect(harness.output).not.toContain('optimized dependencies changed')
})

test.describe('where Vite re-optimizes', () => {
  test.use({ holdfast: 'no-incremental' })

  test('a line tells what it was for, and what it cost', async ({ harness, page }) => {
    await open(page, harness.url)
    const { id } = await readState(page)
    await page.goto('about:blank')

    let held = 0
    for (const name of switches) {
      const settled = lines(harness).length
      harness.toggle(name, true)
      const asking = [1, 2, 3].map(() => ask(harness.url))
      await expectServed(harness, name, true)
      await Promise.all(asking)
      const [line] = await linesOf(harness, name)
      expect(line).toMatch(
        / re-optimized in \d+ ms: \+ .* · reloaded.* · state kept \(\d+ keys?\)$/,
      )
      const requests = / · (\d+) requests? held \(longest \d+ ms\), 0 failed/.exec(line!)
      held += Number(requests?.[1] ?? 0)
      expect(lines(harness).length).toBeGreaterThan(settled)
    }
    expect(held).toBeGreaterThan(0)
    await open(page, harness.url)
    expect((await readState(page)).id).toBe(id)
  })
})

for (const holdfast of ['on', 'no-incremental'] as const) {
  test.describe(holdfast, () => {
    test.use({ holdfast })

    test('a second start from scratch finds nothing late', async ({ harness, page }) => {
      await open(page, harness.url)
      for (const name of switches) {
        // An open page reloads itself, and a navigation that this replaces never ends.
        await page.goto('about:blank')
        harness.toggle(name, true)
        await expectServed(harness, name, true)
        // It finds what the browser needs.
        await open(page, harness.url)
        await expect(page.getByTestId(name)).toBeVisible()
        await linesOf(harness, name)
      }
      await page.goto('about:blank')

      const before = await harness.restart(removeDependencies)
      await expect
        .poll(() => before.output)
        .toMatch(/dependencies were found late[^]*rsc: \{ optimizeDeps: \{ include: \[/)
      await open(page, harness.url)
      for (const name of switches) await expect(page.getByTestId(name)).toBeVisible()
      await expectServed(harness, 'client-component', true)
      expect(harness.output).not.toContain('optimized dependencies changed')
      expect(lines(harness)).toEqual([])
    })
  })
}

/** What Vite has optimized, but not what is beside it. */
async function removeDependencies(): Promise<void> {
  const cache = path.join(appRoot, 'node_modules/.vite')
  const names = (await readdir(cache)).filter((name) => name.startsWith('deps'))
  expect(names).toContain('deps_ssr')
  await Promise.all(names.map((name) => rm(path.join(cache, name), { recursive: true })))
}
