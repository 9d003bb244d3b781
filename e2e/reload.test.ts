import { sources } from '@holdfast/app-request-info/sources'
import type { SwitchName } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import {
  ask,
  callServerAction,
  expectPart,
  expectReload,
  expectReoptimization,
  expectServed,
  readState,
} from './steps.ts'

// Where dependencies cannot be added, Vite re-optimizes and reloads.
test.use({ holdfast: 'no-incremental' })

const order: SwitchName[] = [
  'server-component',
  'client-component',
  'server-action',
  'plain-module',
]
const anotherOrder = order.toReversed()

for (const switches of [order, anotherOrder]) {
  const title = `the state outlives re-optimizations: ${switches.join(', ')}`
  test(title, { tag: '@state' }, async ({ harness, page }) => {
    const url = `${harness.url}/some/path`
    await open(page, url)
    await expect(page.getByTestId('path')).toHaveText('/some/path')
    const callAgain = await callServerAction(page)
    let before = await readState(page)

    for (const name of switches) {
      await test.step(name, async () => {
        const printed = harness.output.length
        // An open page reloads itself, and a navigation that this replaces never ends.
        await page.goto('about:blank')
        harness.toggle(name, true)
        // The action's module is loaded when the action is called.
        const request = name === 'server-action' ? callAgain : undefined
        await expectReoptimization(harness, name, printed, request)
        await expectReload(harness, printed)
        if (name !== 'server-action') await expectServed(harness, name, true)

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
  const callAgain = await callServerAction(page)
  const { id } = await readState(page)

  for (const name of [...order, ...order]) {
    for (const isOn of [true, false]) {
      await test.step(`${name} ${isOn ? 'on' : 'off'}`, async () => {
        // An open page reloads itself, and a navigation that this replaces never ends.
        await page.goto('about:blank')
        harness.toggle(name, isOn)
        if (name !== 'server-action') await expectServed(harness, name, isOn)
        else
          await expect
            .poll(async () => (await callAgain()).text)
            .toMatch(isOn ? /Call \d+ is / : /Call \d+ was /)

        await open(page, harness.url)
        await callServerAction(page)
        if (isOn && name !== 'server-action') await expectPart(page, name)
        expect((await readState(page)).id).toBe(id)
      })
    }
  }
})

test('an edit of a client component reaches the server-rendered page', async ({
  harness,
  page,
}) => {
  await open(page, harness.url)
  const { id } = await readState(page)

  sources.edit('src/components/call-action.tsx', 'Call server action', 'Call the server action')
  await expect(page.getByRole('button')).toHaveText('Call the server action')
  await expect.poll(async () => (await ask(harness.url)).text).toContain('Call the server action')

  await open(page, harness.url)
  expect((await readState(page)).id).toBe(id)
})
