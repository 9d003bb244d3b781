import type { Page } from '@playwright/test'
import { expect } from './fixture.ts'

/** Fails when disposed if Vite re-optimized with a reload, or the browser left its document. */
export async function expectNoReload(
  page: Page,
  served: { output: string },
): Promise<AsyncDisposable> {
  const printed = served.output.length
  await page.evaluate(() => Object.assign(window, { isStillHere: true }))
  return {
    async [Symbol.asyncDispose]() {
      // Softly: an error here must not hide the one that ended the test.
      expect.soft(served.output.slice(printed)).not.toContain('optimized dependencies changed')
      expect.soft(await page.evaluate(() => 'isStillHere' in window)).toBe(true)
    },
  }
}
