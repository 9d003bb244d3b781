import { sources } from '@holdfast/app-request-info/sources'
import type { SwitchName } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import { callAction, getPage, Load } from './load.ts'
import { ask, expectServed } from './steps.ts'

const switches: SwitchName[] = [
  'server-component',
  'client-component',
  'server-action',
  'plain-module',
]

const button = 'Call server action'

for (const holdfast of ['on', 'no-incremental'] as const) {
  test.describe(holdfast, () => {
    test.use({ holdfast })

    const tag = ['@requests', holdfast === 'on' ? '@incremental' : '@fallback']
    test('no request fails, whatever is edited', { tag }, async ({ harness }) => {
      // Sixteen edits, each under load.
      test.setTimeout(300_000)
      await ask(harness.url)
      {
        await using load = new Load(harness.url)
        let label = button
        for (const isOn of [true, false]) {
          for (const name of switches) {
            await test.step(`${name} ${isOn ? 'on' : 'off'}`, async () => {
              harness.toggle(name, isOn)
              if (name === 'server-action') {
                const count = load.count
                await expect.poll(() => load.count).toBeGreaterThan(count + 20)
              } else await expectServed(harness, name, isOn)

              const next = `${button} after ${name} ${isOn}`
              sources.edit('src/components/call-action.tsx', label, next)
              label = next
              await expect.poll(async () => (await ask(harness.url)).text).toContain(next)
            })
          }
        }
      }
      const reloads = harness.output.match(/optimized dependencies changed\. reloading/g) ?? []
      if (holdfast === 'no-incremental') expect(reloads.length).toBeGreaterThanOrEqual(4)
      else expect(reloads).toHaveLength(0)
    })

    test.describe('a cold start', () => {
      // The scan does not reach what only the browser asks for.
      test.use({ initiallyOn: ['server-action', 'client-component'] })

      test('answers ten first requests at once', async ({ harness }) => {
        const states = new Set<string | null>()
        const problems = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 ? callAction : getPage)(harness.url, index + 1, states),
          ),
        )
        expect(problems.filter((problem) => problem !== undefined)).toEqual([])
        expect(states.size).toBe(1)
      })
    })
  })
}

test.describe('faults', () => {
  test.use({ holdfast: 'no-incremental' })

  test('a worker that asks its own origin does not wait for itself', async ({ harness, page }) => {
    await open(page, harness.url)
    sources.edit(
      'src/worker.tsx',
      'const response = await handleRequest(request)',
      `const { pathname, origin } = new URL(request.url)
      if (pathname === '/outer') {
        await new Promise((resolve) => setTimeout(resolve, 300))
        return fetch(origin + '/inner')
      }
      const response = await handleRequest(request)`,
    )
    await expect.poll(async () => (await fetch(`${harness.url}/outer`)).text()).toContain('/inner')
    for (const name of switches) {
      // What is measured is not the reload before.
      await ask(harness.url)
      const start = performance.now()
      const answer = ask(`${harness.url}/outer`)
      await expect.poll(() => performance.now() - start).toBeGreaterThan(100)
      harness.toggle(name, true)
      expect((await answer).text).toContain('/inner')
      await ask(harness.url)
    }
    // An edit does not wait for it longer than for any other request, nor is it held.
    expect(harness.output).not.toContain('was held for')
  })

  test('a dependency that only running code can find', async ({ harness, page }) => {
    await open(page, harness.url)
    sources.edit(
      'src/worker.tsx',
      'const response = await handleRequest(request)',
      `const { pathname } = new URL(request.url)
      if (pathname.startsWith('/computed/')) {
        const module = await import(/* @vite-ignore */ '/src/' + pathname.slice(10))
        return Response.json(Object.keys(module))
      }
      const response = await handleRequest(request)`,
    )
    for (const name of ['plain-module', 'server-component'] as const) {
      harness.togglePart(name, 0, true)
    }
    const ready = await ask(`${harness.url}/computed/app-state.ts`)
    expect(ready.text).toContain('getAppState')
    // Before it was ever part of a page.
    const { text } = await ask(`${harness.url}/computed/plain-module.ts`)
    expect(text).toContain('plainValue')
    const post = await fetch(`${harness.url}/computed/components/server-component.tsx`, {
      method: 'POST',
    })
    if (post.status !== 200) {
      expect(post.status).toBe(503)
      expect(post.headers.get('retry-after')).toBe('1')
      expect(post.headers.get('x-holdfast-reason')).not.toBeNull()
    }
    await ask(harness.url)
    expect(harness.output).toMatch(/optimized dependencies changed\. reloading/)
  })

  test('a syntax error is shown, and mended', async ({ harness }) => {
    await ask(harness.url)
    sources.edit('src/page.tsx', 'export function Page', 'export funtcion Page')
    await expect.poll(async () => (await fetch(harness.url)).status).toBe(500)
    sources.edit('src/page.tsx', 'export funtcion Page', 'export function Page')
    await expect.poll(async () => (await fetch(harness.url)).status).toBe(200)
    await using _ = new Load(harness.url)
    harness.toggle('server-component', true)
    await expectServed(harness, 'server-component', true)
  })
})
