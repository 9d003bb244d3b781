import { sources } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import { expectReoptimization, tryToAsk } from './steps.ts'

// Without the bridge nobody tells the worker's runner that the ssr environment has reloaded.
test.use({ holdfast: 'off' })

test('the control stays broken until it is restarted', async ({ harness, page }) => {
  await open(page, harness.url)
  await page.goto('about:blank')
  const printed = harness.output.length
  harness.toggle('client-component', true)
  const request = () => tryToAsk(harness.url)
  await expectReoptimization(harness, 'client-component', printed, request)

  // Neither more requests nor another edit mend it.
  const expectFailures = async () => {
    for (let count = 0; count < 5; count++) {
      const { status, text } = await request()
      expect(status, text).toBe(500)
    }
  }
  await expectFailures()
  const printedBeforeEdit = harness.output.length
  sources.edit('src/components/client-component.tsx', 'Client component on', 'A component on')
  await expect.poll(() => harness.output.slice(printedBeforeEdit)).toContain('client-component.tsx')
  await expectFailures()

  await harness.restart()
  await expect.poll(async () => (await request()).text).toContain('data-testid="client-component"')
})
