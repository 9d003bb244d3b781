import { defineConfig, devices } from '@playwright/test'
import { launchOptions } from './browser.ts'
import type { Options } from './fixture.ts'

export default defineConfig<Options>({
  outputDir: 'test-results/artifacts',
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  // One harness, whose source the tests edit.
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  // A slow machine needs long to re-optimize; a wait that succeeds costs nothing.
  expect: { timeout: 30_000 },
  projects: [
    { name: 'child', testIgnore: ['*.bridge.test.ts', 'compat/*'], use: { topology: 'child' } },
    {
      name: 'bridge',
      testMatch: [
        'reload.test.ts',
        'requests.test.ts',
        'faults.test.ts',
        'incremental.test.ts',
        'reports.test.ts',
        'page.test.ts',
        'control.test.ts',
        '*.bridge.test.ts',
      ],
      use: { topology: 'bridge' },
    },
  ],
  use: {
    ...devices['Desktop Chrome'],
    launchOptions,
  },
})
