import { expect, test as base } from '@playwright/test'
import type { Page } from '@playwright/test'
import { sources } from '@holdfast/app-request-info/sources'
import type { SwitchName } from '@holdfast/app-request-info/sources'
import { serve } from './served.ts'
import type { Served } from './served.ts'

/** The harness being served. */
export type Harness = Served<SwitchName>

export interface Options {
  /** Dev server from a cold cache, or the production build. */
  mode: 'dev' | 'preview'
  /** How the ssr environment is run: see the harness's `settings.ts`. */
  topology: 'child' | 'bridge'
  /** With which of our packages: see the harness's `settings.ts`. */
  holdfast: 'on' | 'no-incremental' | 'off'
  /** The server's configuration, if not the harness's own. */
  config: string | undefined
  /** What of Vite's debug output is printed, if any. */
  debug: string | undefined
  /** Switches that are on from the start. */
  initiallyOn: readonly SwitchName[]
}

export const test = base.extend<Options & { harness: Harness }>({
  mode: ['dev', { option: true }],
  topology: ['child', { option: true }],
  holdfast: ['on', { option: true }],
  config: [undefined, { option: true }],
  debug: [undefined, { option: true }],
  initiallyOn: [[], { option: true }],

  harness: async ({ mode, topology, holdfast, config, debug, initiallyOn }, use, testInfo) => {
    const env = {
      TOPOLOGY: topology,
      HOLDFAST: holdfast,
      ...(debug !== undefined && { DEBUG: debug }),
    }
    await serve({ sources, mode, initiallyOn, config, env }, use, testInfo)
  },
})

/** Opens an application and waits until its buttons work. */
export async function open(page: Page, url: string): Promise<void> {
  // Not until "load", as Vite may reload the page once more for dependencies of its own.
  expect((await page.goto(url, { waitUntil: 'commit' }))?.status()).toBe(200)
  await expect(page.locator('html[data-hydrated]')).toBeAttached()
}

export { expect }
