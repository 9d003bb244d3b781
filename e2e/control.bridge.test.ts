import { edit } from '@holdfast/app-request-info/edits'
import { expect, open, test } from './fixture.ts'
import { ask, expectReoptimization, expectServed } from './steps.ts'

// Without the bridge nobody tells the worker's runner that the ssr environment has reloaded.
test.use({ holdfast: 'off' })

test('the control stays broken until it is restarted', async ({ harness, page }) => {
  await open(page, harness.url)
  await page.goto('about:blank')
  const printed = harness.output.length
  harness.toggle('client-component', true)
  await expectReoptimization(harness, 'client-component', printed)

  // Neither more requests nor another edit mend it.
  const expectFailures = async () => {
    for (let request = 0; request < 5; request++) {
      const { status, text } = await ask(harness.url)
      expect(status, text).toBe(500)
    }
  }
  await expectFailures()
  const printedBeforeEdit = harness.output.length
  edit('src/components/client-component.tsx', 'Client component on', 'A component on')
  await expect.poll(() => harness.output.slice(printedBeforeEdit)).toContain('client-component.tsx')
  await expectFailures()

  await harness.restart()
  await expectServed(harness, 'client-component', true)
})
