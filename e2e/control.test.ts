import { expect, open, test } from './fixture.ts'
import { discover, expectReload, readState } from './steps.ts'

// Without our packages the bug has to show, or the other tests prove nothing.
test.use({ env: { HOLDFAST: 'off' } })

test('the control loses its state', async ({ harness, page }) => {
  await open(page, harness.url)
  const before = await readState(page)

  const printed = harness.output.length
  harness.toggle('server-component', true)
  await discover('server-component', page, harness.url)
  await expectReload(harness, 'server-component', printed)

  await expect
    .poll(async () => (await fetch(harness.url)).headers.get('x-state-id'))
    .not.toBe(before.id)
})
