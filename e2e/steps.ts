import type { Page } from '@playwright/test'
import type { SwitchName } from '@holdfast/app-request-info/switches'
import { expect } from './fixture.ts'
import type { Harness } from './fixture.ts'

/** For each switch: the server environment that its dependencies are new in, and one of them. */
const newDependency = {
  'server-component': { environment: 'rsc', id: 'date-fns/subDays' },
  'client-component': { environment: 'ssr', id: 'is-number' },
  'server-action': { environment: 'rsc', id: 'jose/jwt/decode' },
  'plain-module': { environment: 'rsc', id: '@noble/hashes/hmac.js' },
} as const satisfies Record<SwitchName, { environment: string; id: string }>

/** What the page says of the state behind it. */
export async function readState(page: Page): Promise<{ id: string; requests: number }> {
  return {
    id: await page.getByTestId('state-id').innerText(),
    requests: Number(await page.getByTestId('state-requests').innerText()),
  }
}

/** Clicks the button once and checks that the action ran in its own request. */
export async function callServerAction(page: Page): Promise<void> {
  const answer = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.getByRole('button', { name: 'Call server action' }).click()
  const headers = (await answer).headers()
  expect(headers['x-server-action-success']).toBe('true')
  expect(headers['x-state-id']).toBe((await readState(page)).id)
  await expect(page.getByTestId('action-result')).toContainText(`in ${headers['x-request-id']}`)
}

/** Asks for what was just switched on, by which Vite discovers what it needs. */
export async function discover(name: SwitchName, page: Page, url: string): Promise<void> {
  if (name !== 'server-action') return expectServed(name, true, url)

  // The action's module is loaded when the action is called, and each of these calls has to work:
  // those before Vite has noticed the save, and the one that makes it discover the dependency.
  const calls = async () => {
    await callServerAction(page)
    return page.getByTestId('action-result').innerText()
  }
  await expect.poll(calls).toMatch(/^Call \d+ is/)
}

/** Waits until a page is served that has the part that `name` adds, or has it no more. */
export async function expectServed(name: SwitchName, isOn: boolean, url: string): Promise<void> {
  await expect
    .poll(async () => {
      // A request that a reload overtakes may get an error or no answer at all: nothing here holds
      // requests back.
      const signal = AbortSignal.timeout(3000)
      const html = await fetch(url, { signal }).then((response) => response.text(), String)
      return html.includes('</html>') ? html.includes(`data-testid="${name}"`) : html
    })
    .toBe(isOn)
}

/**
 * Waits for Vite to say that it re-optimized for `name`'s dependency and that this means a reload,
 * and for the runner to say that it reloads.
 */
export async function expectReload(
  harness: Harness,
  name: SwitchName,
  printed: number,
): Promise<void> {
  const { environment, id } = newDependency[name]
  const reload = new RegExp(
    `\\(${environment}\\) .*dependenc(y|ies) optimized: .*${id}` +
      `[^]*\\(${environment}\\) .*optimized dependencies changed\\. reloading` +
      '[^]*program reload',
  )
  await expect.poll(() => harness.output.slice(printed)).toMatch(reload)
}

/** Checks that what `name` adds is there and knows the request that it was rendered for. */
export async function expectPart(page: Page, name: SwitchName): Promise<void> {
  const { pathname } = new URL(page.url())
  switch (name) {
    case 'server-component':
      // One look at the whole page: the browser may be fetching a newer one.
      await expect(page.locator('body')).toHaveText(
        /Request([-\w]{36})State.*Server component: request \d+ in \1 is/,
      )
      break
    case 'client-component':
      await page.getByTestId(name).getByRole('button').click()
      await expect(page.getByTestId(name)).toHaveText(
        `Client component on ${pathname}: Clicked 1 times`,
      )
      break
    case 'server-action':
      await expect(page.getByTestId('action-result')).toHaveText(/^Call 1 is odd, in /)
      break
    case 'plain-module':
      await expect(page.getByTestId(name)).toContainText(`${pathname} signed`)
      break
  }
}
