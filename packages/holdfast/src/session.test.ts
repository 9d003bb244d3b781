import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { createLogger } from 'vite'
import type { LogLevel, Plugin } from 'vite'
import { expect, test } from 'vitest'
import { createProject, pkg } from './project.ts'
import { timelineOf } from './session.ts'
import type { Server } from './project.ts'
import { holdfast } from './vite.ts'

const files = {
  ...pkg('late', { 'index.js': 'export const late = {}' }),
  'src/entry.js': `import 'early/a'`,
  'src/late.js': `import 'late'`,
}

const INCLUDE = `ssr: { optimizeDeps: { include: ['late'] } },`

/** As the Cloudflare plugin does (`getDevContainerCleanup`): what restarts begin with is a copy. */
const copiesConfig: Plugin = {
  name: 'copies-config',
  configureServer(server) {
    const inlineConfig = { ...server.config.inlineConfig }
    server.config = { ...server.config, inlineConfig }
  },
}

/** As a framework may, after everything is in place. */
const replacesConfig: Plugin = {
  name: 'replaces-config',
  configureServer:
    ({ config }) =>
    () => {
      Object.assign(config, { inlineConfig: { ...config.inlineConfig } })
    },
}

test.each<[string, Plugin[], boolean]>([
  ['the same config', [], false],
  ['a copy', [copiesConfig], false],
  ['a copy that Vite makes, to optimize anew', [], true],
  ['a copy that a plugin puts in its place', [replacesConfig], false],
])(
  'what to include is said once, when the server closes for good, restarted with %s',
  async (_, plugins, force) => {
    await using project = await createProject(files)
    const server = await project.serve({}, { plugins: [holdfast(), plugins] })
    await server.run('src/entry.js')
    await server.run('src/late.js')
    await server.settled('late')
    await server.vite.restart(force)
    expect(server.log.matching(/found late/)).toEqual([])
    expect(timelineOf(server.vite.config)).toBe(server.timeline)
    expect(server.timeline.entries).toHaveLength(1)
    await server.vite.close()
    const [said, ...more] = server.log.matching(/found late/)
    expect(more).toEqual([])
    expect(said).toContain(INCLUDE)
  },
)

test('a session without any says nothing', async () => {
  await using project = await createProject(files)
  const before = process.listenerCount('SIGINT')
  const server = await project.serve()
  await server.run('src/entry.js')
  expect(process.listenerCount('SIGINT')).toBe(before)
  await server.vite.close()
  expect(server.log.lines).toEqual([
    '[holdfast] ssr · /__holdfast/',
    expect.stringContaining('connected'),
  ])
})

test('a session that is closed leaves no listener behind', async () => {
  await using project = await createProject(files)
  const before = process.listenerCount('SIGINT')
  const server = await project.serve()
  await server.run('src/entry.js')
  await server.run('src/late.js')
  await server.settled('late')
  await server.vite.close()
  expect(process.listenerCount('SIGINT')).toBe(before)
})

test.runIf(process.platform !== 'win32').each<[string, NodeJS.Signals, string, unknown[]]>([
  ['Ctrl+C', 'SIGINT', '', [null, 'SIGINT']],
  [
    'Ctrl+C that another handles',
    'SIGINT',
    `process.on('SIGINT', () => process.exit(3))`,
    [3, null],
  ],
  // As Miniflare ends it.
  ['SIGTERM', 'SIGTERM', `process.on('SIGTERM', () => process.exit(4))`, [4, null]],
])('%s: what to include is said, and the process ends', async (_what, signal, code, end) => {
  await using project = await createProject({
    ...files,
    'serve.mjs': `
      import { createServer } from ${JSON.stringify(import.meta.resolve('vite'))}
      import { holdfast } from ${JSON.stringify(new URL('vite.ts', import.meta.url).href)}
      ${code}
      const optimizeDeps = { noDiscovery: false, entries: [], include: ['early/a'] }
      const vite = await createServer({
        root: import.meta.dirname,
        configFile: false,
        plugins: [holdfast()],
        server: { middlewareMode: true, ws: false, watch: null },
        environments: { ssr: { resolve: { noExternal: true }, optimizeDeps } },
      })
      await vite.environments.ssr.runner.import('/src/entry.js')
      await vite.environments.ssr.runner.import('/src/late.js')`,
  })
  const child = spawn(process.execPath, [project.file('serve.mjs')])
  let output = ''
  const hasLine = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('ssr + late')) resolve()
    })
  })
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await Promise.race([hasLine, once(child, 'exit')])
  child.kill(signal)
  expect(await once(child, 'close'), output).toEqual(end)
  expect(output.split(INCLUDE)).toHaveLength(2)
})

/** Until it is in the timeline: there may be no line to wait for. */
async function addLate({ run, timeline }: Server): Promise<void> {
  await run('src/entry.js')
  const added = new Promise<void>((resolve) => {
    timeline.subscribe(({ outcome }) => outcome === 'added' && resolve())
  })
  await run('src/late.js')
  await added
}

test.each<[LogLevel, number]>([
  ['info', 1],
  ['warn', 0],
])('`logLevel: %s`', async (logLevel, count) => {
  await using project = await createProject(files)
  const written: unknown[] = []
  const write = (...args: unknown[]): number => written.push(...args)
  const console = { log: write, warn: write, error: write } as unknown as Console
  // As Vite makes it, but for where it goes.
  const customLogger = createLogger(logLevel, { console })
  const server = await project.serve({}, { customLogger })
  await addLate(server)
  await server.vite.close()
  const lines = written.filter((line) => String(line).startsWith('[holdfast] ssr +'))
  expect(lines).toHaveLength(count)
  for (const line of lines) expect(line).toBe(stripVTControlCharacters(String(line)))
})

test('`reports: false` tells the timeline alone', async () => {
  await using project = await createProject(files)
  const server = await project.serve({ reports: false })
  await addLate(server)
  await server.vite.close()
  expect(server.log.matching(/ssr \+/)).toEqual([])
})

test('a Vite that is not as expected: steps aside, and says so once', async () => {
  await using project = await createProject(files)
  const unexpected = {
    name: 'another-vite',
    enforce: 'pre' as const,
    configureServer: {
      order: 'pre' as const,
      handler({ environments }: { environments: Record<string, any> }) {
        for (const { depsOptimizer } of Object.values(environments)) {
          if (depsOptimizer) Reflect.deleteProperty(depsOptimizer.metadata, 'lockfileHash')
        }
      },
    },
  }
  const options = { incrementalDeps: false }
  const server = await project.serve(options, { plugins: [unexpected, holdfast(options)] })
  await server.run('src/entry.js')
  await server.run('src/late.js')
  expect(server.log.matching(/not as expected \(no metadata\.lockfileHash\)/)).toHaveLength(1)
  expect(server.timeline.entries).toEqual([])
})
