import type { SwitchName } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import { expectNoReload } from './no-reload.ts'
import { callServerAction, expectPart, nextRefresh, readState } from './steps.ts'

const order: SwitchName[] = [
  'server-component',
  'client-component',
  'server-action',
  'plain-module',
]

for (const switches of [order, order.toReversed()]) {
  const title = `no dependency reloads anything: ${switches.join(', ')}`
  test(title, { tag: '@incremental' }, async ({ harness, page }) => {
    const url = `${harness.url}/some/path`
    await open(page, url)
    const callAgain = await callServerAction(page)
    const { id } = await readState(page)

    {
      await using _ = await expectNoReload(page, harness)
      for (const name of switches) {
        await test.step(name, async () => {
          const refreshed = await nextRefresh(page)
          harness.toggle(name, true)
          if (name === 'server-action') {
            // An edited action reloads the runners, as it does without a new dependency.
            await expect.poll(async () => (await callAgain()).text).toContain('is odd, in ')
            // The component that calls it is updated in the page that is open.
            await refreshed()
          } else {
            // In the page that is open, by itself.
            await expect(page.getByTestId(name)).toBeVisible()
            await expectPart(page, name)
          }
          await callServerAction(page)
          expect((await readState(page)).id).toBe(id)
        })
      }
    }

    await open(page, url)
    await callServerAction(page)
    for (const name of switches) await expectPart(page, name)
    expect((await readState(page)).id).toBe(id)
  })
}

test('an open page keeps the state of its components', async ({ harness, page }) => {
  await open(page, harness.url)
  await using _ = await expectNoReload(page, harness)
  harness.toggle('client-component', true)
  await expectPart(page, 'client-component')

  harness.toggle('server-component', true)
  await expect(page.getByTestId('server-component')).toBeVisible()
  await expect(page.getByTestId('client-component')).toContainText('Clicked 1 times')
})

test('added dependencies are there after a restart', async ({ harness, page }) => {
  await open(page, harness.url)
  for (const name of ['plain-module', 'client-component'] as const) {
    harness.toggle(name, true)
    await expect(page.getByTestId(name)).toBeVisible()
  }
  await page.goto('about:blank')

  await harness.restart()
  await open(page, harness.url)
  await using _ = await expectNoReload(page, harness)
  harness.toggle('server-component', true)
  await expect(page.getByTestId('server-component')).toBeVisible()
  for (const name of ['plain-module', 'client-component'] as const) await expectPart(page, name)
  expect(harness.output).not.toContain('optimized dependencies changed')
})

test('outputs are transformed while workerd starts', async ({ harness }) => {
  const before = process.env['DEBUG']
  process.env['DEBUG'] = 'holdfast:deps'
  try {
    await harness.restart()
  } finally {
    if (before === undefined) delete process.env['DEBUG']
    else process.env['DEBUG'] = before
  }
  await expect
    .poll(() => harness.output)
    .toMatch(/^holdfast:deps rsc: [1-9]\d* outputs transformed while its runtime started$/m)
})
