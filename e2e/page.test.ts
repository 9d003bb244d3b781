import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from '@playwright/test'
import { sources } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import type { Harness } from './fixture.ts'
import { appRoot } from './server.ts'
import { ask, expectReload, expectReoptimization } from './steps.ts'

/** Opens the page, and fails if anything it does is refused by its own policy or fails. */
async function openPage(page: Page, harness: Harness): Promise<void> {
  await page.goto(`${harness.url}/__holdfast/`)
  await expect(page.getByRole('banner').getByRole('status')).toContainText('Live.')
}

const rowOf = (page: Page, dependency: string): Locator =>
  page
    .getByRole('region', { name: 'Timeline' })
    .getByRole('row')
    .filter({ has: page.getByText(dependency, { exact: true }) })

test('additions appear while the page is open', async ({ harness, page, context }) => {
  const app = await context.newPage()
  await open(app, harness.url)
  await openPage(page, harness)
  await page.evaluate(() => Object.assign(window, { isStillHere: true }))

  harness.toggle('client-component', true)
  await expect(app.getByTestId('client-component')).toBeVisible()
  // An open page fetches its components, and has none of them rendered to HTML.
  await ask(harness.url)
  const ofSsr = rowOf(page, 'is-number').filter({ hasText: /ssr/ })
  await expect(ofSsr).toContainText('is-number ← src/components/client-component.tsx')
  await expect(ofSsr).toContainText('added, no reload')
  await expect(ofSsr).toContainText(/\d ms/)

  harness.toggle('server-component', true)
  const ofRsc = rowOf(page, 'date-fns/subDays')
  await expect(ofRsc).toContainText('date-fns/subDays ← src/components/server-component.tsx')
  // Only then all that came with it are in the row, with their importers.
  await expect(ofRsc).toContainText('added, no reload')
  await ofRsc.getByText('by way of').first().click()
  await expect(ofRsc.getByRole('listitem').getByText('src/page.tsx').first()).toBeVisible()

  const kept = page.getByRole('region', { name: 'Dependencies evaluated once' })
  await expect(kept.getByRole('row', { name: /is-number (?:ssr|rsc) \d+ (?:s|min)/ })).toBeVisible()

  await expect(page.getByText(/ssr: \{ optimizeDeps: \{ include: \[.*'is-number'/)).toBeVisible()
  expect(await page.evaluate(() => 'isStillHere' in window)).toBe(true)
})

test('the keys of the state are listed once, without their values', async ({ harness, page }) => {
  await open(page, harness.url)
  const state = await page.getByTestId('state-id').innerText()
  await openPage(page, harness)
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'app' }) })
  await expect(row).toHaveCount(1)
  await expect(row).toContainText('Object')
  await expect(row).toContainText(/\d+ s/)
  const { text } = await ask(`${harness.url}/__holdfast/state.json`)
  expect(text).toContain('"key":"app"')
  expect(text).not.toContain(state)
  expect(text).not.toContain('"value":')
})

test.describe('where Vite re-optimizes', () => {
  test.use({ holdfast: 'no-incremental' })

  test('a re-optimization appears while the page is open', async ({ harness, page }) => {
    await ask(harness.url)
    await openPage(page, harness)
    const printed = harness.output.length
    harness.toggle('client-component', true)
    await expectReoptimization(harness, 'client-component', printed)
    await expectReload(harness, printed)

    const row = rowOf(page, 'is-number').filter({ hasText: /ssr/ })
    await expect(row).toContainText('is-number ← src/components/client-component.tsx')
    await expect(row).toContainText('re-optimized, reloaded')
    await expect(row).toContainText(': acknowledged')
  })
})

test('hostile names are text', async ({ harness, page }) => {
  page.on('dialog', () => {
    throw new Error('a name was run')
  })
  const name = '<img src=x onerror=alert(1)>'
  const file = `<script>alert(1)${name}.ts`
  const source = path.join(appRoot, 'src', file)
  await ask(harness.url)
  try {
    harness.togglePart('plain-module', 0, true)
    writeFileSync(source, readFileSync(path.join(appRoot, 'src/plain-module.ts')))
    sources.edit('src/worker.tsx', './plain-module.ts', `./${file}`)
    sources.edit('src/app-state.ts', "'app'", JSON.stringify(name))
    harness.toggle('plain-module', true)
    await openPage(page, harness)
    await expect(async () => {
      await ask(harness.url)
      await expect(rowOf(page, `src/${file}`).first()).toBeVisible({ timeout: 1000 })
    }).toPass()
    // The edit of the key may be applied later than that of the import.
    await expect(async () => {
      await ask(harness.url)
      await page.getByRole('button', { name: 'Refresh' }).click()
      await expect(page.getByRole('rowheader', { name })).toHaveText(name, { timeout: 2000 })
    }).toPass()
    await expect(page.locator('img')).toHaveCount(0)
  } finally {
    rmSync(source)
  }
})

test('nothing leaves the origin, and the policy refuses nothing', async ({ harness, page }) => {
  const origins = new Set<string>()
  const complaints: string[] = []
  page.on('request', (one) => {
    if (/^https?:/.test(one.url())) origins.add(new URL(one.url()).origin)
  })
  page.on('websocket', (socket) => origins.add(new URL(socket.url()).origin.replace('ws', 'http')))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await openPage(page, harness)
  await expect(page.getByRole('heading', { name: 'State' })).toBeVisible()
  expect([...origins]).toEqual([harness.url])
  expect(complaints).toEqual([])
})

test('foreign requests are refused', async ({ harness }) => {
  const { host, hostname, port } = new URL(harness.url)
  const statusFor = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const file = '/__holdfast/timeline.json'
      const sent = request({ hostname, port, path: file, headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject).end()
    })
  expect(await statusFor({ host })).toBe(200)
  expect(await statusFor({ host: 'evil.example' })).toBe(403)
  expect(await statusFor({ host, origin: 'http://evil.example' })).toBe(403)
})

test('a keyboard reaches and works everything', async ({ harness, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await open(page, harness.url)
  for (const name of ['client-component', 'server-component'] as const) {
    harness.toggle(name, true)
    await expect(page.getByTestId(name)).toBeVisible()
  }
  await openPage(page, harness)
  const rows = page.getByRole('region', { name: 'Timeline, the latest first' }).getByRole('row')
  await expect(rows).not.toHaveCount(0)
  const all = await rows.count()

  const press = async (locator: Locator, key: string): Promise<void> => {
    // As often as it takes to come round, at most.
    for (let tabs = 0; tabs < 50; tabs++) {
      await page.keyboard.press('Tab')
      if (await locator.evaluate((element) => element === document.activeElement)) break
    }
    await expect(locator).toBeFocused()
    await page.keyboard.press(key)
  }
  const refreshed = page.waitForResponse(/timeline\.json/)
  await press(page.getByRole('button', { name: 'Refresh' }), 'Enter')
  await refreshed

  await press(page.getByLabel('Environment'), 'c')
  await expect(page.getByLabel('Environment')).toHaveValue('client')
  await expect(rows.filter({ hasText: 'ssr' })).toHaveCount(0)
  await page.keyboard.press('Home')
  await expect(rows).toHaveCount(all)

  const chain = rows.getByRole('group').first()
  await press(chain.locator('summary'), 'Enter')
  await expect(chain).toHaveAttribute('open')

  await press(page.getByRole('button', { name: 'Copy' }), 'Enter')
  await expect(page.getByText('Copied.')).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain("'is-number'")
})

test('it comes back when the server does', async ({ harness, page }) => {
  await openPage(page, harness)
  await page.evaluate(() => Object.assign(window, { isStillHere: true }))
  const again = page.waitForEvent('websocket')
  // Vite restarts when a file that its config imports is saved.
  sources.edit('settings.ts', "'no-incremental'", "'no-incremental'")
  await again
  await expect(page.getByRole('banner').getByRole('status')).toContainText('Live.')
  expect(await page.evaluate(() => 'isStillHere' in window)).toBe(true)
  expect(harness.output).toContain('server restarted')
})

test.describe('in the dark', () => {
  test.use({ colorScheme: 'dark' })

  test('the page is dark', async ({ harness, page }) => {
    await openPage(page, harness)
    const color = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    expect(await color()).toBe('rgb(22, 24, 28)')
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await color()).toBe('rgb(255, 255, 255)')
  })
})

test.describe('for the README', () => {
  test.use({ viewport: { width: 1100, height: 720 }, colorScheme: 'light' })

  test('a screenshot', async ({ harness, page, context }, testInfo) => {
    const app = await context.newPage()
    await open(app, harness.url)
    for (const name of ['server-component', 'client-component'] as const) {
      harness.toggle(name, true)
      await expect(app.getByTestId(name)).toBeVisible()
    }
    await openPage(page, harness)
    await expect(page.getByRole('rowheader', { name: 'app' })).toBeVisible()
    // `playwright test page --update-snapshots` renews the one that is kept.
    const isKept = testInfo.config.updateSnapshots === 'changed'
    const kept = fileURLToPath(new URL('../packages/holdfast/page.png', import.meta.url))
    await page.screenshot({ fullPage: true, path: isKept ? kept : testInfo.outputPath('page.png') })
  })
})
