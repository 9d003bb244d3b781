import { copyFileSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Load } from '../load.ts'
import { ask, callServerAction } from '../steps.ts'
import { expect, open, test } from './fixture.ts'
import { pageOrAction } from './load.ts'
import { expectPart, readIds } from './steps.ts'

/** Milliseconds between requests. */
const LIGHT = 250

/** Puts a copy of an installed package's manifest in its place, as installing it again does. */
function reinstall(name: string): void {
  const app = createRequire(
    createRequire(import.meta.url).resolve('@holdfast/app-redwood/package.json'),
  )
  const manifest = app.resolve(`${name}/package.json`)
  copyFileSync(manifest, `${manifest}.copy`)
  renameSync(`${manifest}.copy`, manifest)
}

// In every environment Vite has to optimize everything anew, with a reload, as nothing is known any
// more of what is served.
test('a package that was installed again costs one reload, and no request', async ({
  app,
  page,
}) => {
  await open(page, app.url)
  const { state } = await readIds(page)
  await callServerAction(page)
  reinstall('react')
  const printed = app.output.length
  {
    await using _ = new Load(app.url, pageOrAction, LIGHT)
    app.toggle('client-component', true)
    await expect.poll(async () => (await ask(app.url)).text).toMatch(/by (?:<!-- -->)?zustand/)
    await expect
      .poll(() => app.output.slice(printed))
      .toMatch(/^\[holdfast\] client re-optimized .* is not what it was .* · reloaded/m)
  }
  const output = app.output.slice(printed)
  for (const environment of ['ssr', 'client']) {
    const reloads = output.match(new RegExp(`\\(${environment}\\) .*changed\\. reloading`, 'g'))
    expect(reloads, environment).toHaveLength(1)
  }
  expect(output).not.toContain('There is a new version of the pre-bundle')
  expect(output).not.toMatch(/\(worker\) .*changed\. reloading/)

  await open(page, app.url)
  await expectPart(page, 'client-component')
  expect((await readIds(page)).state).toBe(state)
})
