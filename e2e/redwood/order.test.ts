import { expectNoReload } from '../no-reload.ts'
import { callServerAction, firstClickAfter } from '../steps.ts'
import { expect, open, test } from './fixture.ts'
import { expectAdded, expectPart, readIds } from './steps.ts'

// That it comes last is what all other tests have.
for (const order of ['first', 'middle'] as const) {
  test.describe(`holdfast() comes ${order}`, () => {
    test.use({ order })

    test('no dependency reloads anything', async ({ app, page }) => {
      await open(page, `${app.url}/some/path`)
      await callServerAction(page)
      const ids = await readIds(page)
      {
        await using _ = await expectNoReload(page, app)
        for (const name of ['server-component', 'client-component'] as const) {
          app.toggle(name, true)
          await expectPart(page, name)
        }
        await firstClickAfter(page, async () => app.toggle('server-action', true))
      }
      expect(await readIds(page)).toEqual(ids)
      await expectAdded(app, ['server-component', 'client-component', 'server-action'])
    })
  })
}
