import { chromium } from '@playwright/test'
import { launchOptions } from '../../browser.ts'

export interface Visit {
  /** Milliseconds until the page can be used. */
  firstPage: number
  /** What was served for it, with everything that its modules import. */
  files: number
  bytes: number
}

/** Opens a page in a browser that has seen nothing yet. */
export async function visit(url: string): Promise<Visit> {
  // Whoever interrupts the load test is to find everything put back, not only the browser closed.
  const signals = { handleSIGINT: false, handleSIGTERM: false }
  const browser = await chromium.launch({ ...launchOptions, ...signals })
  try {
    const page = await browser.newPage()
    const session = await page.context().newCDPSession(page)
    let files = 0
    let bytes = 0
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      files++
      bytes += encodedDataLength
    })
    await session.send('Network.enable')

    const start = performance.now()
    await page.goto(url, { waitUntil: 'commit' })
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
    const firstPage = performance.now() - start
    // A dependency that was found only now may make Vite serve everything again.
    await page.waitForLoadState('networkidle')
    return { firstPage, files, bytes }
  } finally {
    await browser.close()
  }
}
