import type { SwitchName } from '@holdfast/app-redwood/sources'
import { Load } from '../load.ts'
import { expectNoReload } from '../no-reload.ts'
import { ask, callServerAction, firstClickAfter } from '../steps.ts'
import { expect, open, test } from './fixture.ts'
import type { Application } from './fixture.ts'
import { pageOrAction } from './load.ts'
import { expectAdded, expectPart, readIds } from './steps.ts'

/** Milliseconds between requests: the open page is what is looked at here. */
const LIGHT = 250

const components = ['server-component', 'client-component'] as const

// The server action comes last: RedwoodSDK's open pages take in no more edits of server code after
// one of an action. `rwsdk/client` imports the list of client components, and by way of that the
// action, so that Vite has the browser evaluate it anew, which removes its listener (`rsc:update`).
const orders = [components, components.toReversed()] as const

/** All in one save, or in two, as a developer writes it. */
const ways: Record<
  string,
  (app: Application, name: SwitchName, between: () => Promise<unknown>) => Promise<void>
> = {
  'one save': async (app, name) => app.toggle(name, true),
  'two saves': (app, name, between) => app.switchOnInTwoSaves(name, between),
  'two saves, the use first': async (app, name, between) => {
    // It would fail in between, with nothing to be seen in the page.
    if (name === 'server-action') app.toggle(name, true)
    else await app.switchOnInTwoSaves(name, between, [1, 0])
  },
}

for (const [way, switchOn] of Object.entries(ways)) {
  for (const order of orders) {
    test(`no dependency reloads anything: ${order.join(', ')}, in ${way}`, async ({
      app,
      page,
    }) => {
      const url = `${app.url}/some/path`
      await open(page, url)
      await callServerAction(page)
      const ids = await readIds(page)
      {
        await using stack = new AsyncDisposableStack()
        stack.use(new Load(app.url, pageOrAction, LIGHT))
        stack.use(await expectNoReload(page, app))
        for (const [index, name] of order.entries()) {
          await test.step(name, async () => {
            await switchOn(app, name, () => ask(url))
            await expectPart(page, name)
            expect(await readIds(page)).toEqual(ids)
            await expectAdded(app, order.slice(0, index + 1))
          })
        }
        await test.step('server-action', async () => {
          await firstClickAfter(page, (between) => switchOn(app, 'server-action', between))
          expect(await readIds(page)).toEqual(ids)
          await expectAdded(app, [...order, 'server-action'])
        })
      }

      await open(page, url)
      for (const name of order) await expectPart(page, name)
      await callServerAction(page)
      expect(await readIds(page)).toEqual(ids)
    })
  }
}
