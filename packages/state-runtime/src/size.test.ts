import { readFile } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { dist } from './test-helper.ts'

test.each([
  ['production', 800],
  ['development', 1024],
])('in %s the whole module is at most %d bytes minified and compressed', async (mode, limit) => {
  const { outputFiles } = await build({
    stdin: { contents: await readFile(dist, 'utf8') },
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  })
  expect(brotliCompressSync(outputFiles[0]!.contents).byteLength).toBeLessThanOrEqual(limit)
})
