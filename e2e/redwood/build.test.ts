import { sources } from '@holdfast/app-redwood/sources'
import { callServerAction } from '../steps.ts'
import { expect, open, test } from './fixture.ts'
import { expectPart, readIds } from './steps.ts'

test.use({ mode: 'preview', initiallyOn: sources.switchNames })

test('the production build works', async ({ app, page }) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await open(page, `${app.url}/some/path`)
  const ids = await readIds(page)
  for (const name of ['server-component', 'client-component'] as const) await expectPart(page, name)
  await callServerAction(page)
  await expect(page.getByTestId('action-result')).toHaveText(/^Call 1 is odd, in /)

  await page.reload()
  expect(await readIds(page)).toEqual(ids)
  expect(errors).toEqual([])
})
