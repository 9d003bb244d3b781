import { defineConfig } from '@playwright/test'
import type { Options } from '../fixture.ts'
import base from '../playwright.config.ts'

/** The core of the end-to-end tests, for copies outside the repository: see `run.ts`. */
export default defineConfig<Options>({
  ...base,
  testDir: '..',
  testIgnore: 'redwood/*',
  projects: [
    {
      name: 'child',
      testMatch: /(reload|incremental|requests|deploy|compat.harness)\.test\.ts$/,
      grep: /@/,
      use: { topology: 'child' },
    },
    { name: 'bridge', testMatch: 'reload.test.ts', grep: /@state/, use: { topology: 'bridge' } },
    { name: 'node', testMatch: 'compat/node.test.ts' },
  ],
})
