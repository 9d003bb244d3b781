import { runInNewContext } from 'node:vm'
import { build as esbuild, type BuildOptions } from 'esbuild'
import { build as vite, type InlineConfig } from 'vite'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dist } from './test-helper.ts'

/** Only the warning says it. */
const WARNING = 'has a new initializer'

const entry = 'virtual:entry'
const source = `
  import { defineRwState } from ${JSON.stringify(dist)}
  defineRwState('key', () => 'first')
  globalThis.value = defineRwState('key', () => 'second')
`

beforeEach(() => {
  vi.stubEnv('NODE_ENV', 'production')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

async function bundleWithVite(config: InlineConfig): Promise<string> {
  const result = await vite({
    configFile: false,
    logLevel: 'silent',
    ...config,
    build: { ...config.build, write: false, rolldownOptions: { input: entry } },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? source : undefined),
      },
    ],
  })
  const outputs = Array.isArray(result) ? result : [result]
  return outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .map((chunk) => ('code' in chunk ? chunk.code : ''))
    .join()
}

async function bundleWithEsbuild(options: BuildOptions): Promise<string> {
  const { outputFiles } = await esbuild({
    ...options,
    stdin: { contents: source, resolveDir: '/' },
    bundle: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles?.[0]?.text ?? ''
}

const noExternal = { noExternal: true } as const

describe.each<[string, InlineConfig]>([
  ['client', {}],
  ['client, not minified', { build: { minify: false } }],
  ['server', { ssr: noExternal, build: { ssr: true } }],
  ['worker', { ssr: { ...noExternal, target: 'webworker' }, build: { ssr: true } }],
])('Vite, %s', (_, config) => {
  test('a production bundle has no warning', async () => {
    const code = await bundleWithVite(config)
    expect(code).toContain('pass a non-empty string')
    expect(code).not.toContain(WARNING)
  })

  test('a development bundle has', async () => {
    vi.stubEnv('NODE_ENV', 'development')
    expect(await bundleWithVite({ ...config, mode: 'development' })).toContain(WARNING)
  })
})

const nodeEnv = (value: string) => ({ define: { 'process.env.NODE_ENV': JSON.stringify(value) } })

describe('esbuild', () => {
  // What wrangler does: it defines NODE_ENV and does not minify.
  test.each<[string, BuildOptions]>([
    ['worker', { format: 'esm', ...nodeEnv('production') }],
    ['browser', { platform: 'browser', minify: true }],
  ])('%s: a production bundle has no warning', async (_, options) => {
    const code = await bundleWithEsbuild(options)
    expect(code).toContain('pass a non-empty string')
    expect(code).not.toContain(WARNING)
  })

  test.each<[string, BuildOptions]>([
    ['worker', { format: 'esm', ...nodeEnv('development') }],
    ['browser', { platform: 'browser' }],
  ])('%s: a development bundle has', async (_, options) => {
    expect(await bundleWithEsbuild(options)).toContain(WARNING)
  })

  test.each<[string, BuildOptions, number]>([
    ['browser', { platform: 'browser' }, 1],
    ['browser, minified', { platform: 'browser', minify: true }, 0],
    ['nothing replaced', { platform: 'neutral' }, 0],
  ])('runs where there is no process: %s', async (_, options, warnings) => {
    const code = await bundleWithEsbuild({ ...options, format: 'iife' })
    const context = { console: { warn: vi.fn() }, value: undefined }
    expect(runInNewContext('typeof process', context)).toBe('undefined')
    runInNewContext(code, context)
    expect(context.value).toBe('first')
    expect(context.console.warn).toHaveBeenCalledTimes(warnings)
  })
})
