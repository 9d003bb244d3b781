import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@playwright/test'
import { createServer } from 'vite'
import type { InlineConfig, Plugin } from 'vite'
import { freePort } from './free-port.ts'
import { appRoot } from './server.ts'

const file = createRequire(import.meta.url).resolve('holdfast/vite', { paths: [appRoot] })
const { holdfast } = (await import(pathToFileURL(file).href)) as { holdfast: () => Plugin[] }

/** Serves an empty project behind a server of its own, as some frameworks do. */
async function serve(config: InlineConfig): Promise<{ url: string } & AsyncDisposable> {
  const root = await mkdtemp(path.join(tmpdir(), 'holdfast-page-'))
  const parent = createHttpServer().listen(0, '127.0.0.1')
  await once(parent, 'listening')
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [holdfast()],
    ...config,
    server: { middlewareMode: { server: parent }, ...config.server },
  })
  parent.on('request', vite.middlewares)
  const { port } = parent.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${vite.config.base}__holdfast/`,
    async [Symbol.asyncDispose]() {
      await vite.close()
      parent.close()
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const settings: [string, () => Promise<InlineConfig>][] = [
  ['as it is by default', async () => ({})],
  ['without HMR', async () => ({ server: { hmr: false } })],
  ['below a base', async () => ({ base: '/some/base/' })],
  [
    'at another path and port',
    async () => ({
      base: '/some/base/',
      server: { middlewareMode: true, hmr: { path: '/socket', port: await freePort() } },
    }),
  ],
]

for (const [name, config] of settings) {
  test(`the page finds the WebSocket ${name}`, async ({ page }) => {
    await using server = await serve(await config())
    await page.goto(server.url)
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live.')
  })
}

test('without a WebSocket the page is there when it is asked', async ({ page }) => {
  await using server = await serve({ server: { ws: false } })
  await page.goto(server.url)
  await expect(page.getByRole('banner').getByRole('status')).toContainText('Not live yet')
  const asked = page.waitForResponse(/timeline\.json/)
  await page.getByRole('button', { name: 'Refresh' }).click()
  expect((await asked).status()).toBe(200)
})
