import type { SwitchName } from '@holdfast/app-request-info/switches'
import { expect, open, test } from './fixture.ts'
import {
  callServerAction,
  discover,
  expectPart,
  expectReload,
  expectServed,
  readState,
} from './steps.ts'

const order: SwitchName[] = [
  'server-component',
  'client-component',
  'server-action',
  'plain-module',
]
const anotherOrder = order.toReversed()

for (const switches of [order, anotherOrder]) {
  test(`the state outlives re-optimizations: ${switches.join(', ')}`, async ({ harness, page }) => {
    const url = `${harness.url}/some/path`
    await open(page, url)
    await expect(page.getByTestId('path')).toHaveText('/some/path')
    let before = await readState(page)

    for (const name of switches) {
      await test.step(name, async () => {
        const printed = harness.output.length
        harness.toggle(name, true)
        await discover(name, page, url)
        await expectReload(harness, name, printed)
        if (name !== 'server-action') await expectServed(name, true, url)

        await open(page, url)
        await callServerAction(page)
        await expectPart(page, name)

        const after = await readState(page)
        expect(after.id).toBe(before.id)
        expect(after.requests).toBeGreaterThan(before.requests)
        before = after
      })
    }
  })
}

test('the state outlives every switch being flipped twice', async ({ harness, page }) => {
  await open(page, harness.url)
  const { id } = await readState(page)

  for (const name of [...order, ...order]) {
    await test.step(name, async () => {
      harness.toggle(name, true)
      await discover(name, page, harness.url)
      await open(page, harness.url)
      await callServerAction(page)
      await expectPart(page, name)
      expect((await readState(page)).id).toBe(id)

      harness.toggle(name, false)
      if (name !== 'server-action') await expectServed(name, false, harness.url)
      await open(page, harness.url)
      expect((await readState(page)).id).toBe(id)
    })
  }
})
