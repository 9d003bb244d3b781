import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import { cloudflare } from '@cloudflare/vite-plugin'
import { intercept } from '@holdfast/vite-hmr-bridge'
import { createFetchableDevEnvironment, createLogger, createServer, DevEnvironment } from 'vite'
import type {
  InlineConfig,
  Plugin,
  ResolvedConfig,
  RunnableDevEnvironment,
  ViteDevServer,
} from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTopology } from './topology.ts'
import { holdfast } from './vite.ts'
import type { HoldfastOptions } from './vite.ts'

let root: string
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'holdfast-')))
  await writeFile(path.join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(path.join(root, 'page.js'), 'export const page = 1')
  await writeFile(
    path.join(root, 'worker.js'),
    `export default {
      async fetch(request) {
        const { pathname } = new URL(request.url)
        if (pathname === '/late') return Response.json((await import('ssr:/page.js')).default)
        return new Response()
      }
    }`,
  )
  await writeFile(
    path.join(root, 'bridging.js'),
    `import page from 'ssr:/page.js'
    export default { fetch: () => Response.json(page) }`,
  )
  const config = { name: 'test', main: './worker.js', compatibility_date: '2026-10-01' }
  await writeFile(path.join(root, 'wrangler.jsonc'), JSON.stringify(config))
  const bridging = { ...config, main: './bridging.js' }
  await writeFile(path.join(root, 'bridging.jsonc'), JSON.stringify(bridging))
})
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))

interface Started extends AsyncDisposable {
  server: ViteDevServer
  /** What Holdfast has said, without the address of the page. */
  lines: string[]
  get: (pathname: string) => Promise<string>
}

async function start(config: InlineConfig, options?: HoldfastOptions): Promise<Started> {
  const lines: string[] = []
  const customLogger = createLogger('silent')
  customLogger.info = (line) => {
    if (line.startsWith('[holdfast] ')) lines.push(line.replace(/ · http:.*/, ''))
  }
  const server = await createServer({
    root,
    configFile: false,
    customLogger,
    server: { port: 0, ws: false },
    ...config,
    // As users have it: behind what evaluates code at start.
    plugins: [config.plugins, holdfast(options)],
  })
  await server.listen()
  const { port } = server.httpServer!.address() as AddressInfo
  return {
    server,
    lines,
    get: async (pathname) => (await fetch(`http://localhost:${port}${pathname}`)).text(),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

const ssrOf = (
  createEnvironment: (name: string, config: ResolvedConfig) => DevEnvironment,
): InlineConfig['environments'] => ({ ssr: { dev: { createEnvironment } } })

class OwnEnvironment extends DevEnvironment {}

/** None of these tells by what it is whether it has a runner. */
const kinds: [string, InlineConfig['environments']][] = [
  ["Vite's default", {}],
  ['a plain one', ssrOf((name, config) => new DevEnvironment(name, config, { hot: true }))],
  ['one of an own class', ssrOf((name, config) => new OwnEnvironment(name, config, { hot: true }))],
  [
    'a fetchable one',
    ssrOf((name, config) =>
      createFetchableDevEnvironment(name, config, {
        hot: true,
        handleRequest: async () => new Response(),
      }),
    ),
  ],
]

const worker = (configPath = 'wrangler.jsonc', childEnvironments: string[] = []) =>
  cloudflare({
    configPath: path.join(root, configPath),
    viteEnvironment: { name: 'worker', childEnvironments },
    inspectorPort: false,
    persistState: false,
  })

/** As a framework does it that has the worker run what is in the ssr environment. */
function ssrModules(): Plugin {
  let ssr: DevEnvironment
  return {
    name: 'ssr-modules',
    configureServer: {
      order: 'pre',
      handler: ({ environments }) => void (ssr = environments.ssr),
    },
    resolveId: (id) => (id.startsWith('ssr:') ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith('\0ssr:')) return null
      const module = await ssr.fetchModule(id.slice('\0ssr:'.length))
      if (!('code' in module)) throw new Error(`no code of ${id}`)
      return `
        const __ssr_exports__ = {}
        const __ssr_exportName__ = (name, get) =>
          Object.defineProperty(__ssr_exports__, name, { enumerable: true, get })
        ${module.code.replaceAll('__vite_ssr_', '__ssr_')}
        export default __ssr_exports__`
    },
  }
}

/** Whether a reload of the ssr environment reaches the worker. */
async function isForwarded({ server: { environments } }: Started): Promise<boolean> {
  const sent: unknown[] = []
  const stop = intercept(environments['worker']!.hot, (payload) => sent.push(payload))
  environments.ssr.hot.send({ type: 'full-reload' })
  await immediate()
  await immediate()
  stop()
  return sent.length > 0
}

describe('without the Cloudflare plugin', () => {
  test.each(kinds)('there is nothing to bridge: %s', async (_, environments) => {
    await using started = await start({ environments })
    expect(started.lines).toEqual(['[holdfast] ssr'])
  })

  test('a runner that appears changes nothing of it', async () => {
    await using started = await start({})
    await started.server.ssrLoadModule('/page.js')
    expect(started.lines).toEqual(['[holdfast] ssr'])
    expect(findTopology(started.server.environments)).toEqual([
      { name: 'ssr', isWorker: false, hasRunner: true, heldBy: [] },
    ])
  })

  test('what another environment has fetched is bridged into that', async () => {
    await using started = await start({ plugins: [ssrModules()], environments: { worker: {} } })
    expect(started.lines).toEqual(['[holdfast] ssr, worker'])
    const { runner } = started.server.environments['worker'] as RunnableDevEnvironment
    expect(await isForwarded(started)).toBe(false)
    await runner.import('ssr:/page.js')
    expect(started.lines.slice(1)).toEqual(['[holdfast] ssr is bridged into worker'])
    expect(await isForwarded(started)).toBe(true)
  })
})

test('environments in workerd, whatever their names', async () => {
  await using started = await start({ plugins: [worker('wrangler.jsonc', ['rendering'])] })
  expect(started.lines).toEqual([
    '[holdfast] worker (workerd), rendering (workerd), ' +
      'ssr (no runner yet: forwarded to worker and rendering)',
  ])
})

test('children run in workerd themselves', async () => {
  await using started = await start({ plugins: [worker('wrangler.jsonc', ['ssr'])] })
  expect(started.lines).toEqual(['[holdfast] worker (workerd), ssr (workerd)'])
  expect(await isForwarded(started)).toBe(false)
})

describe.each(kinds)('beside a worker: %s', (_, environments) => {
  test('is bridged if the worker has fetched from it', async () => {
    await using started = await start({
      plugins: [worker('bridging.jsonc'), ssrModules()],
      environments,
    })
    expect(started.lines).toEqual(['[holdfast] worker (workerd), ssr (bridged into worker)'])
    expect(await isForwarded(started)).toBe(true)
    expect(await started.get('/')).toBe('{"page":1}')
    // Nobody has created a runner for it.
    expect(Reflect.get(started.server.environments.ssr, '_runner')).toBeUndefined()
    expect(started.lines).toHaveLength(1)
  })

  test('is forwarded as long as nobody knows', async () => {
    await using started = await start({ plugins: [worker(), ssrModules()], environments })
    expect(started.lines).toEqual([
      '[holdfast] worker (workerd), ssr (no runner yet: forwarded to worker)',
    ])
    expect(await isForwarded(started)).toBe(true)
    expect(await started.get('/late')).toBe('{"page":1}')
    expect(started.lines.slice(1)).toEqual(['[holdfast] ssr is bridged into worker'])
    expect(await isForwarded(started)).toBe(true)
  })
})

test.each<[string, (server: ViteDevServer) => Promise<unknown>]>([
  [
    'environments.ssr.runner',
    ({ environments }) => (environments.ssr as RunnableDevEnvironment).runner.import('/page.js'),
  ],
  ['ssrLoadModule()', (server) => server.ssrLoadModule('/page.js')],
])('an application on Node beside a worker, by %s', async (_, load) => {
  await using started = await start({ plugins: [worker()] })
  await load(started.server)
  await load(started.server)
  expect(started.lines).toEqual([
    '[holdfast] worker (workerd), ssr (no runner yet: forwarded to worker)',
    '[holdfast] ssr has a runner of its own: its reloads are not forwarded any more',
  ])
  expect(await isForwarded(started)).toBe(false)
})

test.each<[HoldfastOptions, string, boolean]>([
  [{ bridge: false }, 'ssr (held by worker)', false],
  [{ bridge: { from: 'ssr', to: 'worker' } }, 'ssr (bridged as configured)', true],
])('the option is heeded: %j', async (options, ssr, expected) => {
  const plugins = [worker('bridging.jsonc'), ssrModules()]
  await using started = await start({ plugins }, options)
  expect(started.lines).toEqual([`[holdfast] worker (workerd), ${ssr}`])
  expect(await isForwarded(started)).toBe(expected)
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
