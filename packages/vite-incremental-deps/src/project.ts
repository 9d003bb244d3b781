import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'vitest'
import { createLogger, createServer, createServerModuleRunner, mergeConfig } from 'vite'
import type { DevEnvironment, InlineConfig, Logger, ViteDevServer } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import { incrementalDeps } from './index.ts'
import type { Report } from './index.ts'
import { optimized } from './vite-internals.ts'

export const RELOADING: RegExp = /optimized dependencies changed\. reloading/

/** A project for tests, in a temporary directory, with packages as real copies. */
export interface Project extends AsyncDisposable {
  file: (name: string) => string
  write: (files: Record<string, string>) => Promise<void>
  /** A server whose ssr environment has optimized `early`, and served it. */
  serve: (options?: {
    plugin?: boolean
    config?: InlineConfig
    early?: string[]
  }) => Promise<Server>
}

export interface Server {
  vite: ViteDevServer
  ssr: DevEnvironment
  runner: ModuleRunner
  log: Log
  reports: Report[]
  /** Forgets all modules, as a full reload does. */
  reload: () => Promise<void>
  /** Imports a new source file with this code in the ssr environment. */
  run: (code: string) => Promise<any>
  /** Has packages' `index.js` discovered in the ssr environment, all in one tick. */
  discover: (ids: string[]) => Promise<void>
  close: () => Promise<void>
}

let count = 0

export async function createProject(files: Record<string, string>): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'vite-incremental-deps-')))
  const servers: Server[] = []
  const project: Project = {
    file: (name) => path.join(root, name),
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        const file = project.file(name)
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(file, content)
      }
    },
    async serve({ plugin = true, config = {}, early = ['early'] } = {}) {
      const log = new Log(createLogger())
      const reports: Report[] = []
      const incremental = incrementalDeps()
      incremental.api!.onReport((report) => reports.push(report))
      const base: InlineConfig = {
        root,
        configFile: false,
        customLogger: log.logger,
        plugins: plugin ? [incremental] : [],
        server: { middlewareMode: true, ws: false, watch: null },
        optimizeDeps: { entries: [], include: early },
        environments: {
          ssr: {
            resolve: { noExternal: true },
            optimizeDeps: { noDiscovery: false, entries: [], include: early },
          },
        },
      }
      const vite = await createServer(mergeConfig(base, config))
      const { ssr } = vite.environments
      // Hears of no reload: Vite's own mixes generations of modules when it imports meanwhile.
      const newRunner = () => createServerModuleRunner(ssr, { hmr: false })
      const server: Server = {
        vite,
        ssr,
        log,
        reports,
        runner: newRunner(),
        async reload() {
          await server.runner.close()
          server.runner = newRunner()
        },
        async run(code) {
          const name = `src/file${count++}.js`
          await project.write({ [name]: code })
          return server.runner.import(`/${name}`)
        },
        async discover(ids) {
          const infos = ids.map((id) => {
            const source = project.file(`node_modules/${id.split('/')[0]}/index.js`)
            return ssr.depsOptimizer!.registerMissingImport(id, source)
          })
          await Promise.all(infos.map(async (info) => info.processing))
        },
        async close() {
          await server.runner.close()
          await vite.close()
        },
      }
      servers.push(server)
      await server.run(early.map((id) => `import ${JSON.stringify(id)}`).join('\n'))
      return server
    },
    async [Symbol.asyncDispose]() {
      try {
        // A server closes without waiting for its optimizers, which fail if their files go away.
        const environments = servers.flatMap(({ vite }) => Object.values(vite.environments))
        await Promise.all(
          environments.map(async ({ depsOptimizer }) => depsOptimizer && optimized(depsOptimizer)),
        )
        await Promise.all(servers.map((server) => server.close()))
      } finally {
        await rm(root, { recursive: true, force: true })
      }
    },
  }
  await project.write({ 'package.json': '{ "type": "module" }', ...files })
  return project
}

/** The files of a package, an ES module package by default. */
export function pkg(
  name: string,
  files: Record<string, string>,
  more: Record<string, unknown> = {},
): Record<string, string> {
  const directory = `node_modules/${name}`
  const manifest = { name: path.basename(name), version: '1.0.0', type: 'module', ...more }
  return {
    [`${directory}/package.json`]: JSON.stringify(manifest),
    ...Object.fromEntries(
      Object.entries(files).map(([file, content]) => [`${directory}/${file}`, content]),
    ),
  }
}

export const commonJs: Record<string, unknown> = { type: 'commonjs', main: './index.js' }
export const subpaths: Record<string, unknown> = { exports: { '.': './index.js', './*': './*.js' } }

/** `early` and `early/more`: what is inside can be imported late, and so is in a chunk. */
export const sharing: Record<string, string> = pkg(
  'early',
  {
    'index.js': `import { inside } from './inside.js'\nexport const early = () => inside`,
    'more.js': `import { inside } from './inside.js'\nexport const more = () => inside`,
    'inside.js': 'export const inside = {}',
  },
  subpaths,
)

/** A server that has optimized and served `early`, and knows under which URLs. */
export async function serveEarly(
  project: Project,
  early: string[] = ['early'],
  config: InlineConfig = {},
): Promise<Server> {
  const server = await project.serve({ early, config })
  firstUrls.set(server, urlsOf(server))
  return server
}

/** The URL of each output, by its file. */
function urlsOf({ ssr }: Server): Map<string, string | undefined> {
  const infos = ssr.depsOptimizer!.metadata.depInfoList
  return new Map(infos.map(({ file, browserHash }) => [file, browserHash]))
}

/** What was served before anything was added. */
const firstUrls = new WeakMap<Server, ReturnType<typeof urlsOf>>()

/** Nothing was re-optimized, every report says so, and what was served is where it was. */
export function expectAdded(server: Server, ...ids: string[]): void {
  const urls = urlsOf(server)
  for (const [file, url] of firstUrls.get(server) ?? [])
    expect([file, urls.get(file)]).toEqual([file, url])
  expect(server.reports.filter(({ fellBack }) => fellBack !== undefined)).toEqual([])
  expect(server.reports.flatMap(({ added }) => added).toSorted()).toEqual(ids.toSorted())
  expect(server.log.matching(RELOADING)).toEqual([])
  expect(server.log.matching(/error/i)).toEqual([])
}

/** What Vite said, and a promise for what it has yet to say. */
class Log {
  lines: string[] = []
  logger: Logger
  #waiting: { pattern: RegExp; resolve: () => void }[] = []

  constructor(logger: Logger) {
    const add: Logger['info'] = (message) => {
      const line = stripVTControlCharacters(message)
      this.lines.push(line)
      for (const { pattern, resolve } of this.#waiting) if (pattern.test(line)) resolve()
    }
    const warned = new Set<string>()
    const warnOnce: Logger['info'] = (message) => {
      if (!warned.has(message)) add(message)
      warned.add(message)
    }
    this.logger = { ...logger, info: add, warn: add, warnOnce, error: add }
  }

  /** Resolves with the next line that matches. */
  next(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }))
  }

  matching(pattern: RegExp): string[] {
    return this.lines.filter((line) => pattern.test(line))
  }
}
