import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { intercept } from '@holdfast/vite-hmr-bridge'
import vue from '@vitejs/plugin-vue'
import { createServer } from 'vite'
import type { FullReloadPayload, UpdatePayload } from 'vite'
import { expect, test } from 'vitest'
import { createProject } from './project.ts'
import { holdfast } from './vite.ts'

const component = (name: string): string => `
<script setup>
const name = '${name}'
</script>
<template><p>Hello {{ name }}</p></template>
`

/**
 * Edits a component's script, in a page that was rendered and is open.
 *
 * @returns the first message that the page is sent, and what it then fetches.
 */
async function edit(
  plugins: ReturnType<typeof holdfast>,
  noDiscovery: boolean,
): Promise<{ updates: unknown; code: string }> {
  await using project = await createProject({ 'src/App.vue': component('world') })
  const installed = path.dirname(fileURLToPath(import.meta.resolve('vue/package.json')))
  await symlink(installed, project.file('node_modules/vue'))
  const vite = await createServer({
    root: project.file('.'),
    configFile: false,
    logLevel: 'silent',
    plugins: [vue(), plugins],
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { entries: [], include: ['early/a'] },
    environments: {
      ssr: {
        resolve: { noExternal: ['early'] },
        optimizeDeps: { noDiscovery, entries: [], include: ['early/a'] },
      },
    },
  })
  try {
    const { client, ssr } = vite.environments
    for (const environment of [ssr, client]) await environment.transformRequest('/src/App.vue')
    const sent = new Promise<FullReloadPayload | UpdatePayload>((resolve) => {
      intercept(client.hot, resolve)
    })
    await project.write({ 'src/App.vue': component('everyone') })
    const payload = await sent
    const { code } = (await client.transformRequest('/src/App.vue'))!
    return {
      updates:
        payload.type === 'update'
          ? payload.updates.map(({ path: url, acceptedPath, type }) => [type, url, acceptedPath])
          : payload.type,
      code: code.replaceAll(project.file('.'), ''),
    }
  } finally {
    await vite.close()
  }
}

// Vue's plugin compares the file with what it was when it transformed it last, to tell whether the
// page has to run its script again or only to render it anew.
test.each([
  ['its server environment has no dependencies to discover', true],
  ['dependencies are added to its server environment', false],
])('an edit of a Vue component reaches the page as in plain Vite: %s', async (_, noDiscovery) => {
  const plain = await edit([], noDiscovery)
  expect(plain.updates).toEqual([['js-update', '/src/App.vue', '/src/App.vue']])
  expect(plain.code).toContain('everyone')
  expect(plain.code).not.toContain('export const _rerender_only')

  const { code, updates } = await edit(holdfast(), noDiscovery)
  expect(updates).toEqual(plain.updates)
  expect(code).toContain('everyone')
  expect(code).not.toContain('export const _rerender_only')
})
