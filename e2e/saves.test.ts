import type { SwitchName } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import { expectNoReload } from './no-reload.ts'
import {
  ask,
  callServerAction,
  expectPart,
  expectReoptimization,
  expectServed,
  firstClickAfter,
  readState,
} from './steps.ts'

/** What is part of the page. */
const parts = [
  'server-component',
  'client-component',
  'plain-module',
] as const satisfies SwitchName[]

test.use({ debug: 'vite:hmr' })

test('no dependency reloads anything, in two saves', async ({ harness, page }) => {
  await open(page, harness.url)
  await callServerAction(page)
  const { id } = await readState(page)
  await using _ = await expectNoReload(page, harness)
  for (const name of parts) {
    await harness.switchOnInTwoSaves(name, () => ask(harness.url))
    await expectPart(page, name)
  }
  await firstClickAfter(page, (between) =>
    harness.switchOnInTwoSaves('server-action', async () => {
      await between()
      await ask(harness.url)
    }),
  )
  expect((await readState(page)).id).toBe(id)
})

test('the first click after an edit of an action gets its header', async ({ harness, page }) => {
  await open(page, harness.url)
  await callServerAction(page)
  const { id } = await readState(page)
  await firstClickAfter(page, async () => harness.toggle('server-action', true))
  expect((await readState(page)).id).toBe(id)
})

test.describe('where Vite re-optimizes', () => {
  test.use({ holdfast: 'no-incremental' })

  test('the state outlives what is saved in two steps', async ({ harness, page }) => {
    await open(page, harness.url)
    const { id } = await readState(page)
    for (const name of parts) {
      await test.step(name, async () => {
        const printed = harness.output.length
        // An open page reloads itself, and a navigation that this replaces never ends.
        await page.goto('about:blank')
        await harness.switchOnInTwoSaves(name, () => ask(harness.url))
        await expectReoptimization(harness, name, printed)
        await expectServed(harness, name, true)
        await open(page, harness.url)
        await expectPart(page, name)
        expect((await readState(page)).id).toBe(id)
      })
    }
  })

  test('the first click after an edit of an action gets its header', async ({ harness, page }) => {
    await open(page, harness.url)
    await callServerAction(page)
    const { id } = await readState(page)
    const printed = harness.output.length
    await firstClickAfter(page, async () => harness.toggle('server-action', true))
    await expectReoptimization(harness, 'server-action', printed)
    expect((await readState(page)).id).toBe(id)
  })
})
