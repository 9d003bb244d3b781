import type { Plugin } from 'vite'
import { expect, test } from 'vitest'
import { createProject, pkg } from './project.ts'
import { optimized } from './vite-internals.ts'

const files = {
  'src/nothing.js': '',
  'src/client.js': `import { early } from 'early'\nimport { late } from 'late'\nexport const both = early + late`,
  ...pkg('early', { 'index.js': `export const early = 'early'` }),
  ...pkg('late', { 'index.js': `export const late = 'late'` }),
}

/** A plugin that has a module transformed when the server is configured, if it is to. */
const transforming = (isOn: boolean): Plugin => ({
  name: 'transforming',
  async configureServer({ environments }) {
    if (isOn) await environments.client.transformRequest('/src/client.js')
  },
})

/** What the dependencies of such a module are answered with, or the errors. */
async function answers(start: string, plugin: boolean): Promise<string[]> {
  await using project = await createProject(files)
  const serve = async (isOn: boolean) => {
    const optimizeDeps = { entries: [], include: ['early'] }
    const { vite } = await project.serve({
      plugin,
      config: { optimizeDeps, plugins: [transforming(isOn)] },
    })
    const { client } = vite.environments
    await client.depsOptimizer!.init()
    return { vite, client }
  }
  if (start === 'warm') {
    const { client, vite } = await serve(false)
    await client.transformRequest('/src/nothing.js')
    await optimized(client.depsOptimizer!)
    await vite.close()
  }
  const { client } = await serve(true)
  const { code } = (await client.transformRequest('/src/client.js'))!
  const urls = [...code.matchAll(/from "(.*?)"/g)].map(([, url]) => url!)
  return await Promise.all(
    urls.map((url) =>
      client.transformRequest(url).then(
        (result) => result!.code,
        (error: Error) => error.message,
      ),
    ),
  )
}

// Since 8.1.4. From a warm cache what is new is waited for for ever.
test('control: what plain Vite forgets is never there', async () => {
  const [early, late] = await answers('cold', false)
  expect([early, late].join()).toContain('new version of the pre-bundle')
})

test.each(['cold', 'warm'])(
  'what is asked for before the optimizer begins is there: %s',
  async (start) => {
    const [early, late] = await answers(start, true)
    expect(early).toContain('early = "early"')
    expect(late).toContain('late = "late"')
  },
)
