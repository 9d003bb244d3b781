import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import * as vite8 from 'vite'
import type { DevEnvironment, InlineConfig, Logger, ViteDevServer } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import * as vite6 from 'vite6'
import * as vite7 from 'vite7'
import { timelineOf } from './session.ts'
import type { Entry, Timeline } from './timeline.ts'
import { holdfast } from './vite.ts'
import type { HoldfastOptions } from './vite.ts'

export type Vite = typeof import('vite')
// The other majors' types differ from those of Vite 8 in ways that do not matter here.
const [six, seven]: any[] = [vite6, vite7]
export const majors: [string, Vite][] = [
  ['6', six],
  ['7', seven],
  ['8', vite8],
]

/** A project for tests, in a temporary directory, with packages as real copies. */
export interface Project extends AsyncDisposable {
  file: (name: string) => string
  write: (files: Record<string, string>) => Promise<void>
  remove: (name: string) => Promise<void>
  read: (name: string) => Promise<string>
  serve: (options?: HoldfastOptions, config?: InlineConfig) => Promise<Server>
}

export interface Server {
  vite: ViteDevServer
  ssr: DevEnvironment
  log: Log
  timeline: Timeline
  /** Of the ssr environment, in this process. */
  runner: ModuleRunner
  /** Imports a source file in the ssr environment. */
  run: (name: string) => Promise<any>
  /** The entry about a dependency, once it is settled, as its line tells. */
  settled: (id: string) => Promise<Readonly<Entry>>
}

export async function createProject(
  files: Record<string, string>,
  { createLogger, createServer, isRunnableDevEnvironment }: Vite = vite8,
): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'holdfast-')))
  const servers: ViteDevServer[] = []
  const project: Project = {
    file: (name) => path.join(root, name),
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        const file = project.file(name)
        await mkdir(path.dirname(file), { recursive: true })
        // At once: written in place it changes twice, and a slow watcher tells of both.
        const partial = path.join(root, '.saving')
        await writeFile(partial, content)
        await rename(partial, file)
      }
    },
    remove: (name) => rm(project.file(name), { recursive: true, force: true }),
    read: (name) => readFile(project.file(name), 'utf8'),
    async serve(options = {}, config = {}) {
      const log = new Log(createLogger())
      const vite = await createServer({
        root,
        configFile: false,
        customLogger: log.logger,
        plugins: [holdfast(options)],
        ...config,
        server: { middlewareMode: true, ws: false, ...config.server },
        optimizeDeps: { entries: [], include: ['early/a'], ...config.optimizeDeps },
        environments: {
          ssr: {
            resolve: { noExternal: true },
            optimizeDeps: { noDiscovery: false, entries: [], include: ['early/a'] },
          },
          ...config.environments,
        },
      })
      servers.push(vite)
      const { ssr } = vite.environments
      if (!isRunnableDevEnvironment(ssr)) throw new Error('no runner')
      return {
        vite,
        ssr,
        log,
        timeline: timelineOf(vite.config),
        get runner() {
          return ssr.runner
        },
        run: (name) => ssr.runner.import(`/${name}`),
        async settled(id) {
          await log.next(new RegExp(`\\[holdfast\\] .* ${id}( |,|$)`))
          const entries = timelineOf(vite.config).entries
          return entries.findLast(({ dependencies }) => dependencies.some((one) => one.id === id))!
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(optimized))
      await Promise.all(servers.map((server) => server.close()))
      // Vite may still be writing to its cache.
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  await project.write({ 'package.json': '{ "type": "module" }', ...early, ...files })
  return project
}

/** A server closes without waiting for its optimizers, which fail if their files go away. */
async function optimized({ environments }: ViteDevServer): Promise<void> {
  for (const { depsOptimizer } of Object.values(environments)) {
    await depsOptimizer?.scanProcessing
    for (const { processing } of depsOptimizer?.metadata.depInfoList ?? []) await processing
  }
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

/**
 * Its `a` is optimized from the start. `b` shares code with it: where it cannot be added, that moves
 * into a chunk of its own, and Vite reloads.
 */
const early = pkg(
  'early',
  {
    'shared.js': 'export const shared = {}',
    'a.js': `export { shared as a } from './shared.js'`,
    'b.js': `export { shared as b } from './shared.js'`,
  },
  { exports: { './*': './*.js' } },
)

/** What the server said, and a promise for what it has said or has yet to say. */
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

  next(pattern: RegExp): Promise<void> {
    if (this.matching(pattern).length > 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }))
  }

  matching(pattern: RegExp): string[] {
    return this.lines.filter((line) => pattern.test(line))
  }
}
