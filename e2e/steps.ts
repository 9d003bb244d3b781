import type { Page } from '@playwright/test'
import type { SwitchName } from '@holdfast/app-request-info/sources'
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

/**
 * Clicks the button once and checks that the action ran, in its own request, on the same state.
 * Returns a function that calls the action again, past the page.
 */
export async function callServerAction(page: Page): Promise<() => Promise<Answer>> {
  const call = page.waitForRequest((request) => request.method() === 'POST')
  await page.getByRole('button', { name: 'Call server action' }).click()
  const request = await call
  const headers = (await request.response())!.headers()

  expect(headers['x-server-action-success']).toBe('true')
  expect(headers['x-state-id']).toBe((await readState(page)).id)
  await expect(page.getByTestId('action-result')).toContainText(`in ${headers['x-request-id']}`)

  const init = { method: 'POST', headers: request.headers(), body: request.postData() }
  return () => ask(request.url(), init)
}

export interface Answer {
  /** 0 if there was none. */
  status: number
  headers: Headers
  text: string
}

/** Without our packages a request that a reload overtakes may fail or never be answered. Never rejects. */
export async function tryToAsk(url: string, init?: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(3000) })
    const { status, headers } = response
    return { status, headers, text: await response.text() }
  } catch (error) {
    return { status: 0, headers: new Headers(), text: String(error) }
  }
}

/** Makes a request, which must succeed, whatever is going on. */
export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
  const { status, headers } = response
  const text = await response.text()
  expect(status, text).toBe(200)
  return { status, headers, text }
}

/**
 * Makes requests until Vite says that it re-optimized for `name`'s dependency and that this means a
 * reload.
 */
export async function expectReoptimization(
  harness: Harness,
  name: SwitchName,
  printed: number,
  request: () => Promise<Answer> = () => ask(harness.url),
): Promise<void> {
  const { environment, id } = newDependency[name]
  await expect
    .poll(async () => {
      await request()
      return harness.output.slice(printed)
    })
    .toMatch(reloadingReoptimization(environment, id))
}

/** What Vite says when it re-optimizes an environment for a dependency, and that means a reload. */
export function reloadingReoptimization(environment: string, id: string): RegExp {
  return new RegExp(
    `\\(${environment}\\) .*dependenc(y|ies) optimized: .*${id}` +
      `[^]*\\(${environment}\\) .*optimized dependencies changed\\. reloading`,
  )
}

/** Waits until the runner says that it does what Vite asked it to. */
export async function expectReload(served: { output: string }, printed: number): Promise<void> {
  await expect
    .poll(() => served.output.slice(printed))
    .toMatch(/optimized dependencies changed\. reloading[^]*program reload/)
}

/** Waits until a whole page is served that has the part that `name` adds, or has it no more. */
export async function expectServed(
  harness: Harness,
  name: SwitchName,
  isOn: boolean,
): Promise<void> {
  await expect
    .poll(async () => {
      const { text } = await ask(harness.url)
      return text.includes(`data-testid="${name}"`)
    })
    .toBe(isOn)
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
        `Client component on ${pathname}: Clicked 1 times, a number: true, by zustand`,
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

/**
 * Returns a function that waits until React Refresh has put edited components into the page since.
 * A component that is rendered anew before that starts over: what a click did to it is lost.
 */
export async function nextRefresh(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    Reflect.deleteProperty(window, 'isRefreshed')
    const before = Reflect.get(window, '__registerBeforePerformReactRefresh') as (
      callback: () => void,
    ) => void
    before(() => Object.assign(window, { isRefreshed: true }))
  })
  return async () => {
    await expect.poll(() => page.evaluate(() => 'isRefreshed' in window)).toBe(true)
  }
}

/**
 * Has `save` edit the server action, waits until the open page has taken that in, and clicks once:
 * the click runs the new code for the first time.
 *
 * @param save - calls its argument between two saves, if there are two.
 */
export async function firstClickAfter(
  page: Page,
  save: (between: () => Promise<void>) => Promise<void>,
): Promise<void> {
  let refreshed = await nextRefresh(page)
  await save(async () => {
    await refreshed()
    refreshed = await nextRefresh(page)
  })
  await refreshed()
  await callServerAction(page)
  await expect(page.getByTestId('action-result')).toHaveText(/^Call \d+ is (?:even|odd), in /)
}
