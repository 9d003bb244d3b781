import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { exec } from './outside/exec.ts'
import { packAll, readManifest, repository } from './outside/packages.ts'
import { TemporaryDirectory } from './outside/temporary-directory.ts'
import { appRoot, run } from './server.ts'

const worker = `import { defineRwState } from 'rwsdk/__state'

const visits = defineRwState('visits', () => ({ count: 0 }))
const late = () => 'nothing'

export default {
  fetch: () => Response.json({ count: ++visits.count, late: late() }),
}
`
const first = worker
  .replace('import', "import isOdd from 'is-odd'\nimport")
  .replace("'nothing'", 'isOdd(1)')
const second = first
  .replace('import', "import ms from 'ms'\nimport")
  .replace('isOdd(1)', "ms('1s')")

// As in the READMEs, line for line.
const config = `import { cloudflare } from '@cloudflare/vite-plugin'
import react from '@vitejs/plugin-react'
import { holdfast } from 'holdfast/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react(), cloudflare(), holdfast()],
})
`

const wrangler = {
  name: 'new-app',
  main: './worker/index.js',
  compatibility_date: '2026-10-01',
  assets: { not_found_handling: 'single-page-application', run_worker_first: ['/api/*'] },
}

test('a new app needs one line', async ({ page }) => {
  // What npm has to install.
  test.setTimeout(300_000)
  await using directory = await TemporaryDirectory.create()
  const app = path.join(directory.path, 'app')
  const save = async (name: string, text: string) => {
    await writeFile(path.join(directory.path, 'saving'), text)
    await rename(path.join(directory.path, 'saving'), path.join(app, name))
  }
  const npm = (...args: string[]) => exec('npm', args, { cwd: app })

  const create = ['-y', 'create-vite@9', 'app', '--template', 'react', '--no-interactive']
  await exec('npx', create, { cwd: directory.path })
  const packed = await packAll(repository, directory.path)
  const own = packed.map(({ filename }) => path.resolve(directory.path, filename))
  // The versions that the harness has.
  const tools = ['vite', '@cloudflare/vite-plugin', 'wrangler', '@vitejs/plugin-react'].map(
    (name) => `${name}@${readManifest(path.join(appRoot, 'node_modules', name)).version}`,
  )
  await mkdir(path.join(app, 'worker'))
  await save('worker/index.js', worker)
  await save('wrangler.jsonc', JSON.stringify(wrangler))
  await npm('install', '--no-audit', '--no-fund', ...own, ...tools, 'is-odd@3.0.1', 'ms@2.1.3')
  await save('vite.config.js', config)

  await using server = run('vite', [], {}, app)
  const url = await server.url()
  const ask = async () =>
    (await (await fetch(`${url}/api/`)).json()) as { count: number; late: unknown }
  expect(server.output).toContain('[holdfast] new_app (workerd)')
  await page.goto(url)
  await expect(page.getByRole('button', { name: /count is/i })).toBeVisible()
  expect(await ask()).toEqual({ count: 1, late: 'nothing' })

  // The first there is, and one that is added to it.
  await save('worker/index.js', first)
  await expect.poll(async () => (await ask()).late).toBe(true)
  await save('worker/index.js', second)
  await expect.poll(async () => (await ask()).late).toBe(1000)
  // Of the same state.
  expect((await ask()).count).toBeGreaterThan(3)
  await expect
    .poll(() => server.output)
    .toMatch(/\[holdfast\] new_app \+ ms in \d+ ms ← worker\/index\.js · no reload/)
  expect(server.output).not.toContain('reloading')

  await run('vite', ['build'], {}, app).done()
})
