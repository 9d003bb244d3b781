import type { Page } from '@playwright/test'
import type { SwitchName } from '@holdfast/app-redwood/sources'
import { ask, callServerAction, expectReload } from '../steps.ts'
import { expect, open, test } from './fixture.ts'
import type { Application } from './fixture.ts'
import { callAction } from './load.ts'
import { expectPart, readIds, reloadsFor } from './steps.ts'

// Where dependencies cannot be added, Vite re-optimizes and reloads.
test.use({ holdfast: 'no-incremental' })

const switches: SwitchName[] = ['server-component', 'client-component', 'server-action']

/** Edits while no page is open, and makes requests until the worker has been reloaded. */
async function reload(app: Application, page: Page, name: SwitchName): Promise<void> {
  const printed = app.output.length
  // An open page reloads itself, and a navigation that this replaces never ends.
  await page.goto('about:blank')
  app.toggle(name, true)
  const [server, client] = reloadsFor(name)
  await expect
    .poll(async () => {
      // The action's module is loaded when the action is called.
      if (name === 'server-action') expect(await callAction(app.url, 1, new Set())).toBeUndefined()
      else await ask(app.url)
      return app.output.slice(printed)
    })
    .toMatch(server)
  await expectReload(app, printed)
  if (!client) return
  // The browser's dependencies are found by a browser, which is reloaded.
  await page.goto(app.url, { waitUntil: 'commit' })
  await expect.poll(() => app.output.slice(printed)).toMatch(client)
  await page.goto('about:blank')
}

for (const order of ['last', 'middle', 'first'] as const) {
  test.describe(`holdfast() comes ${order}`, () => {
    test.use({ order })

    test('the state outlives re-optimizations', async ({ app, page }) => {
      const url = `${app.url}/some/path`
      await open(page, url)
      const before = await readIds(page)
      let { module } = before
      for (const name of switches) {
        await test.step(name, async () => {
          await reload(app, page, name)
          await open(page, url)
          if (name !== 'server-action') await expectPart(page, name)
          await callServerAction(page)
          const ids = await readIds(page)
          expect(ids.state).toBe(before.state)
          expect(ids.module, 'nothing was reloaded').not.toBe(module)
          module = ids.module
        })
      }
    })
  })
}
