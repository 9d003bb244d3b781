import { defineConfig, devices } from '@playwright/test'
import { launchOptions } from './browser.ts'
import type { Options } from './fixture.ts'
import type { RedwoodOptions } from './redwood/fixture.ts'

export default defineConfig<Options & RedwoodOptions>({
  outputDir: 'test-results/artifacts',
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  // The tests edit the applications' sources.
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  // A slow machine needs long to re-optimize; a wait that succeeds costs nothing.
  expect: { timeout: 30_000 },
  projects: [
    {
      name: 'child',
      testIgnore: ['*.bridge.test.ts', 'compat/*', 'redwood/*'],
      use: { topology: 'child' },
    },
    {
      name: 'bridge',
      testMatch: [
        'reload.test.ts',
        'requests.test.ts',
        'faults.test.ts',
        'incremental.test.ts',
        'saves.test.ts',
        'reports.test.ts',
        'page.test.ts',
        'control.test.ts',
        '*.bridge.test.ts',
      ],
      testIgnore: 'redwood/*',
      use: { topology: 'bridge' },
    },
    { name: 'redwood', testMatch: 'redwood/*.test.ts' },
  ],
  use: {
    ...devices['Desktop Chrome'],
    launchOptions,
  },
})
