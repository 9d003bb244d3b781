import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { requestGate } from '@holdfast/vite-request-gate'
import type { RequestGateApi } from '@holdfast/vite-request-gate'
import { createRunnableDevEnvironment, createServer, normalizePath } from 'vite'
import type { Plugin, RunnableDevEnvironment } from 'vite'

/** In groups, each imported by a module of its own, and those by one that is the entry. */
const GROUPS = 50
const GROUP_SIZE = 59

export interface DiscoveryCost {
  modules: number
  /** What the application's start took to look through. */
  started: { transformed: number; duration: number }
  /** An edit that imports nothing new. */
  edited: { transformed: number; duration: number }
  /** An edit that imports one new module. */
  extended: { transformed: number; duration: number }
}

/** What the gate has to do for an edit of one module of a large application. */
export async function measureDiscovery(): Promise<DiscoveryCost> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'discovery-')))
  const modules = writeProject(root)
  const plugins = requestGate()
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'silent',
    plugins,
    server: { host: '127.0.0.1', port: 0 },
    optimizeDeps: { noDiscovery: true },
    environments: {
      worker: {
        consumer: 'server',
        // The gate looks where a new dependency would reload something.
        resolve: { noExternal: true },
        optimizeDeps: { noDiscovery: false, entries: ['entry.js'] },
        build: { rolldownOptions: { input: 'entry.js' } },
        dev: { createEnvironment: (name, config) => createRunnableDevEnvironment(name, config) },
      },
    },
  })
  // What is saved before is not seen.
  const isWatching = once(server.watcher, 'ready')
  const { onReport, settled } = apiOf(plugins)
  const nextDiscovery = (file?: string): Promise<DiscoveryCost['edited']> =>
    new Promise((resolve) => {
      const stop = onReport((report) => {
        if (report.type !== 'discovered' || report.file !== file) return
        stop()
        resolve({ transformed: report.transformed, duration: report.duration })
      })
    })
  const save = async (code: string) => {
    const file = path.join(root, 'group0/module0.js')
    const discovery = nextDiscovery(normalizePath(file))
    write(file, code)
    return discovery
  }
  try {
    const start = nextDiscovery()
    await server.listen()
    await fetch(server.resolvedUrls!.local[0]!)
    const started = await start
    const { runner } = server.environments['worker'] as RunnableDevEnvironment
    await runner.import('/entry.js')
    await isWatching
    const edited = await save('export default "edited"\n')
    await settled()
    const extended = await save('export { default } from "../new.js"\n')
    return { modules, started, edited, extended }
  } finally {
    await server.close()
    rmSync(root, { recursive: true })
  }
}

function apiOf(plugins: Plugin[]): RequestGateApi {
  const gate = plugins.find(({ name }) => name === '@holdfast/vite-request-gate')
  return (gate as Plugin<RequestGateApi>).api!
}

/** @returns how many modules the application has. */
function writeProject(root: string): number {
  const at = (file: string) => path.join(root, file)
  const groups = Array.from({ length: GROUPS }, (_, index) => `group${index}`)
  const names = Array.from({ length: GROUP_SIZE }, (_, index) => `module${index}`)
  write(at('entry.js'), importAll(groups.map((group) => `${group}/index`)))
  write(at('new.js'), 'export default "new"\n')
  for (const group of groups) {
    mkdirSync(at(group))
    write(at(`${group}/index.js`), importAll(names))
    for (const name of names) write(at(`${group}/${name}.js`), `export default '${name}'\n`)
  }
  return 1 + GROUPS * (1 + GROUP_SIZE)
}

/** As a whole: a file that is written in place is empty for a moment. */
function write(file: string, code: string): void {
  writeFileSync(`${file}.partial`, code)
  renameSync(`${file}.partial`, file)
}

function importAll(names: string[]): string {
  return names.map((name) => `import './${name}.js'\n`).join('')
}
