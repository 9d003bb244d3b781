import { test as base } from '@playwright/test'
import { sources } from '@holdfast/app-redwood/sources'
import type { SwitchName } from '@holdfast/app-redwood/sources'
import { serve } from '../served.ts'
import type { Served } from '../served.ts'

/** The RedwoodSDK application being served. */
export type Application = Served<SwitchName>

export interface RedwoodOptions {
  /** Dev server from a cold cache, or the production build. */
  mode: 'dev' | 'preview'
  /** With what of Holdfast: see the application's `settings.ts`. */
  holdfast: 'on' | 'no-incremental' | 'off'
  /** Where `holdfast()` stands among the plugins. */
  order: 'last' | 'middle' | 'first'
  /** What of Vite's debug output is printed. */
  debug: string | undefined
  /** Switches that are on from the start. */
  initiallyOn: readonly SwitchName[]
}

export const test = base.extend<RedwoodOptions & { app: Application }>({
  mode: ['dev', { option: true }],
  holdfast: ['on', { option: true }],
  order: ['last', { option: true }],
  debug: ['vite:hmr', { option: true }],
  initiallyOn: [[], { option: true }],

  app: async ({ mode, holdfast, order, debug, initiallyOn }, use, testInfo) => {
    const env = {
      HOLDFAST: holdfast,
      ORDER: order,
      ...(debug !== undefined && { DEBUG: debug }),
    }
    await serve({ sources, mode, initiallyOn, env }, use, testInfo)
  },
})

export { expect } from '@playwright/test'
export { open } from '../fixture.ts'
