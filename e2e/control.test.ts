import { expect, open, test } from './fixture.ts'
import { expectReload, expectReoptimization, readState, tryToAsk } from './steps.ts'

// Without our packages the bug has to show, or the other tests prove nothing.
test.use({ holdfast: 'off' })

test('the control loses its state', async ({ harness, page }) => {
  await open(page, harness.url)
  const before = await readState(page)

  await page.goto('about:blank')
  const printed = harness.output.length
  harness.toggle('server-component', true)
  const request = () => tryToAsk(harness.url)
  await expectReoptimization(harness, 'server-component', printed, request)
  await expectReload(harness, printed)

  await expect
    .poll(async () => {
      const { status, headers } = await request()
      // An answer that went wrong says nothing about the state.
      return status === 200 ? headers.get('x-state-id') : before.id
    })
    .not.toBe(before.id)
})
