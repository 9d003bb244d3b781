import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cloudflare } from '@cloudflare/vite-plugin'
import { intercept } from '@holdfast/vite-hmr-bridge'
import { createLogger, createServer, DevEnvironment } from 'vite'
import type { InlineConfig, ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTopology } from './topology.ts'
import { holdfast } from './vite.ts'
import type { HoldfastOptions } from './vite.ts'

let root: string
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'holdfast-')))
  await writeFile(path.join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(path.join(root, 'worker.js'), 'export default { fetch: () => new Response() }')
  const config = { name: 'test', main: './worker.js', compatibility_date: '2026-10-01' }
  await writeFile(path.join(root, 'wrangler.jsonc'), JSON.stringify(config))
})
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))

interface Started extends AsyncDisposable {
  server: ViteDevServer
  lines: string[]
}

async function start(config: InlineConfig, options?: HoldfastOptions): Promise<Started> {
  const lines: string[] = []
  const customLogger = createLogger('silent')
  customLogger.info = (line) => lines.push(line)
  const server = await createServer({
    root,
    configFile: false,
    customLogger,
    server: { port: 0, ws: false },
    ...config,
    plugins: [holdfast(options), config.plugins],
  })
  return { server, lines, [Symbol.asyncDispose]: () => server.close() }
}

/** As frameworks make it whose ssr environment has no runner. */
const withoutRunner: InlineConfig['environments'] = {
  ssr: {
    dev: { createEnvironment: (name, config) => new DevEnvironment(name, config, { hot: true }) },
  },
}

const worker = (childEnvironments: string[] = []) =>
  cloudflare({
    viteEnvironment: { name: 'worker', childEnvironments },
    inspectorPort: false,
    persistState: false,
  })

describe('finds out', () => {
  test('that there is no Cloudflare plugin', async () => {
    await using started = await start({})
    expect(findTopology(started.server.environments)).toEqual({
      workers: [],
      bridged: [],
      others: ['ssr'],
    })
    expect(started.lines).toContain('[holdfast] ssr')
  })

  test('that an environment has no runner, and none that it could be bridged into', async () => {
    await using started = await start({ environments: withoutRunner })
    expect(started.lines).toContain('[holdfast] ssr (no runner)')
  })

  test('that environments run in workerd, whatever their names', async () => {
    await using started = await start({ plugins: [worker(['rendering'])] })
    expect(started.lines).toContain('[holdfast] worker (workerd), rendering (workerd), ssr')
  })

  test.each<[HoldfastOptions, string]>([
    [{ bridge: false }, 'ssr (no runner)'],
    [{ bridge: { from: 'ssr', to: 'worker' } }, 'ssr (bridged as configured)'],
  ])('that one has no runner, given %j', async (options, ssr) => {
    const config = { plugins: [worker()], environments: withoutRunner }
    await using started = await start(config, options)
    expect(started.lines).toContain(`[holdfast] worker (workerd), ${ssr}`)
  })

  test('that one is bridged into workerd, and bridges it', async () => {
    await using started = await start({ plugins: [worker()], environments: withoutRunner })
    const { environments } = started.server
    expect(started.lines).toContain('[holdfast] worker (workerd), ssr (bridged into worker)')
    const sent: unknown[] = []
    intercept(environments['worker']!.hot, (payload) => sent.push(payload))
    environments.ssr.hot.send({ type: 'full-reload' })
    await expect.poll(() => sent).toContainEqual({ type: 'full-reload', path: '*' })
  })
})

const parts = {
  state: '@holdfast/vite-state-plugin',
  incrementalDeps: '@holdfast/vite-incremental-deps',
  bridge: '@holdfast/vite-hmr-bridge',
  gate: '@holdfast/vite-request-gate',
}

const namesOf = (options?: HoldfastOptions) => holdfast(options).map(({ name }) => name)

test('every part can be switched off', () => {
  for (const [option, name] of Object.entries(parts)) {
    expect(namesOf()).toContain(name)
    expect(namesOf({ [option]: false })).not.toContain(name)
  }
})

test('options reach the parts', async () => {
  await expect(start({}, { gate: { environments: ['srr'] } })).rejects.toThrow(
    /no environment .*"srr"/,
  )
  await expect(start({}, { bridge: { from: 'ssr', to: 'srr' } })).rejects.toThrow(/named "srr"/)
  expect(() => holdfast({ state: { specifier: './here' } })).toThrow(/specifier/)
})

test('an option that does not exist is refused', () => {
  expect(() => holdfast({ incremental: true } as object)).toThrow(
    /^\[holdfast\] there is no option "incremental"; there are state, incrementalDeps,/,
  )
  expect(() => holdfast({ page: { remot: true } as object })).toThrow(
    /^\[holdfast\] there is no option of `page` "remot"; there are values, remote$/,
  )
  expect(() => holdfast({ include: 'remeber' as 'remember' })).toThrow(
    /^\[holdfast\] there is no `include` "remeber"; there are suggest, remember, false$/,
  )
  expect(() => holdfast({ gate: { timeOut: 1 } as object })).toThrow(/no option "timeOut"/)
})

test.each<HoldfastOptions>([{}, { state: false }])(
  'a second one is refused, %j',
  async (options) => {
    await expect(start({ plugins: [holdfast(options)] }, options)).rejects.toThrow(
      /^\[holdfast\] `holdfast\(\)` is there twice; /,
    )
  },
)
