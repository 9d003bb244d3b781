import { readFile } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'
import { transform } from 'esbuild'
import { expect, test } from 'vitest'
import { dist } from './test-helper.ts'

test('the whole module, warning included, is at most 1 kB minified and compressed', async () => {
  const { code } = await transform(await readFile(dist, 'utf8'), { minify: true, format: 'esm' })
  expect(brotliCompressSync(code).byteLength).toBeLessThanOrEqual(1000)
})
