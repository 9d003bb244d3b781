import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { sources } from '@holdfast/app-request-info/sources'
import { expect, open, test } from './fixture.ts'
import { appRoot, run } from './server.ts'
import { callServerAction, expectPart, readState } from './steps.ts'

test.use({ mode: 'preview', initiallyOn: sources.switchNames })

test('the production build works', { tag: '@build' }, async ({ harness, page }) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await open(page, `${harness.url}/some/path`)
  const { id } = await readState(page)
  await callServerAction(page)
  for (const name of sources.switchNames) await expectPart(page, name)

  await page.reload()
  expect((await readState(page)).id).toBe(id)
  expect(errors).toEqual([])
})

test('the production build can be deployed', async ({ harness: _built }) => {
  await run('wrangler', ['deploy', '--dry-run', '--outdir', 'dist/dry-run']).done()

  const worker = path.join(appRoot, 'dist/rsc')
  const files = (await readdir(worker, { recursive: true })).filter((file) => /\.m?js$/.test(file))
  const code = await Promise.all(files.map((file) => readFile(path.join(worker, file), 'utf8')))
  const all = code.join('\n')

  expect(all.match(/Symbol\.for\(["'`]@holdfast\/state-runtime/g), 'containers').toHaveLength(1)
  expect(all, 'the specifier').not.toContain('rwsdk/__state')

  const devOnly = 'has a new initializer'
  const runtime = path.join(appRoot, '../../packages/state-runtime/dist/index.mjs')
  expect(await readFile(runtime, 'utf8')).toContain(devOnly)
  expect(all, 'dev-only code').not.toContain(devOnly)
})
