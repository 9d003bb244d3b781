import { defineConfig, devices } from '@playwright/test'
import { findBrowser } from './browser.ts'

export default defineConfig({
  testMatch: '*.test.ts',
  outputDir: 'test-results/artifacts',
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  // One harness, whose source the tests edit.
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  // A slow machine needs long to re-optimize; a wait that succeeds costs nothing.
  expect: { timeout: 30_000 },
  use: {
    ...devices['Desktop Chrome'],
    launchOptions: {
      executablePath: findBrowser(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
