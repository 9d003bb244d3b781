import { expect, open, test } from './fixture.ts'

/** The directories of optimized dependencies that Vite has bundled, one for each run. */
function runs(output: string): string[] {
  const made = output.matchAll(/creating package\.json in \S+[\\/](deps\w*?)_temp_/g)
  return [...made].map(([, directory]) => directory)
}

for (const holdfast of ['on', 'off'] as const) {
  test.describe(holdfast, () => {
    test.use({ holdfast, debug: 'vite:deps' })

    test('a cold start optimizes each environment once', async ({ app, page }) => {
      await open(page, app.url)
      expect(runs(app.output).toSorted()).toEqual(['deps', 'deps_ssr', 'deps_worker'])
      expect(app.output).not.toContain('optimized dependencies changed')
    })
  })
}

test('the ssr environment is known to be bridged into the worker', async ({ app }) => {
  expect(app.output).toMatch(/^\[holdfast\] worker \(workerd\), ssr \(bridged into worker\) · /m)
})
