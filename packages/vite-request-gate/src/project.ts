import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import * as vite8 from 'vite'
import type {
  Connect,
  DevEnvironment,
  HotPayload,
  InlineConfig,
  Logger,
  Plugin,
  ViteDevServer,
} from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import * as vite6 from 'vite6'
import * as vite7 from 'vite7'
import { requestGate } from './index.ts'
import type { Report, RequestGateApi, RequestGateOptions } from './index.ts'

export type Vite = typeof import('vite')
// The other majors' types differ from those of Vite 8 in ways that do not matter here.
const [six, seven]: any[] = [vite6, vite7]
export const majors: [string, Vite][] = [
  ['6', six],
  ['7', seven],
  ['8', vite8],
]

export const RELOADING: RegExp = /\(worker\).*optimized dependencies changed\. reloading/

/** What the worker's entry exports. */
type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

export interface Project extends AsyncDisposable {
  file: (name: string) => string
  write: (files: Record<string, string>) => Promise<void>
  /** Replaces text in a file, which must be there, as a careful editor does: at once. */
  edit: (name: string, from: string, to: string) => Promise<void>
  serve: (options?: RequestGateOptions, config?: InlineConfig) => Promise<Server>
}

export interface Server {
  vite: ViteDevServer
  worker: DevEnvironment
  url: string
  log: Log
  /** The gate's API, as another plugin finds it. */
  api: RequestGateApi
  reports: Report[]
  get: (pathname?: string, init?: RequestInit) => Promise<Answer>
}

interface Answer {
  status: number
  headers: Headers
  text: string
}

/**
 * A project in a temporary directory, for servers of one major of Vite. `src/entry.js` handles
 * requests, in the environment `worker`.
 */
export async function createProject(
  { createServer, createLogger }: Vite,
  files: Record<string, string>,
): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'vite-request-gate-')))
  const servers: ViteDevServer[] = []
  const project: Project = {
    file: (name) => path.join(root, name),
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        const file = project.file(name)
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(`${root}.saving`, content)
        await rename(`${root}.saving`, file)
      }
    },
    async edit(name, from, to) {
      const before = await readFile(project.file(name), 'utf8')
      const after = before.replace(from, to)
      if (after === before) throw new Error(`${name} does not contain ${from}`)
      await project.write({ [name]: after })
    },
    async serve(options, config = {}) {
      const log = new Log(createLogger())
      const gate = requestGate(options)
      const reports: Report[] = []
      const { api } = gate.find(({ name }) => name === '@holdfast/vite-request-gate')! as {
        api: RequestGateApi
      }
      api.onReport((report) => reports.push(report))
      const vite = await createServer({
        root,
        configFile: false,
        customLogger: log.logger,
        appType: 'custom',
        ...config,
        server: { port: 0, host: '127.0.0.1', ws: false, ...config.server },
        plugins: [gate, application, ...(config.plugins ?? [])],
        environments: {
          worker: {
            resolve: { noExternal: true },
            optimizeDeps: { noDiscovery: false, include: PAIRS.map((index) => `dep/a${index}`) },
          },
          ...config.environments,
        },
      })
      servers.push(vite)
      await vite.listen()
      const { port } = vite.httpServer!.address() as AddressInfo
      const url = `http://127.0.0.1:${port}`
      return {
        vite,
        worker: vite.environments['worker']!,
        url,
        log,
        api,
        reports,
        async get(pathname = '/', init) {
          const response = await fetch(url + pathname, init)
          return { status: response.status, headers: response.headers, text: await response.text() }
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()))
      // Vite may still be writing to its cache.
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  await project.write({ 'package.json': '{ "type": "module" }', ...dep, ...files })
  return project
}

/** The function that is the environment's `hot.send` at present. */
export function sendOf({ hot }: DevEnvironment): (payload: HotPayload) => void {
  return Reflect.get(hot, 'send')
}

/** A framework, reduced to its idea: each request imports the entry anew. */
const application: Plugin = {
  name: 'application',
  configureServer(server) {
    const serve = async (
      request: Connect.IncomingMessage,
      response: ServerResponse,
      next: Connect.NextFunction,
    ): Promise<void> => {
      const { runner } = server.environments['worker'] as unknown as { runner: ModuleRunner }
      try {
        const entry = await runner.import<{ default: Handler }>('/src/entry.js')
        await entry.default(request, response)
      } catch (error) {
        next(error)
      }
    }
    return () => {
      server.middlewares.use((...args) => void serve(...args))
    }
  },
}

/** A plugin that has Vite's HMR wait, and with it everything that is unsettled. */
export function slowUpdates(): Plugin & { open: () => void; entered: Promise<void> } {
  let open!: () => void
  let enter!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  const entered = new Promise<void>((resolve) => (enter = resolve))
  return {
    name: 'slow-updates',
    open,
    entered,
    async hotUpdate() {
      if (this.environment.name !== 'worker') return
      enter()
      await opened
    },
  }
}

const PAIRS: number[] = Array.from({ length: 10 }, (_, index) => index)

/**
 * A dependency with pairs of subpaths. Where `a` of a pair is pre-bundled, importing `b`, which
 * shares code with it, moves that code into a chunk of its own: an existing output changes, so Vite
 * reloads.
 */
const dep: Record<string, string> = {
  'node_modules/dep/package.json': JSON.stringify({
    name: 'dep',
    version: '1.0.0',
    type: 'module',
    exports: { './*': './*.js' },
  }),
  ...Object.fromEntries(
    PAIRS.flatMap((index) => [
      [`node_modules/dep/shared${index}.js`, `export const shared = { index: ${index} }`],
      [`node_modules/dep/a${index}.js`, `export { shared as a } from './shared${index}.js'`],
      [`node_modules/dep/b${index}.js`, `export { shared as b } from './shared${index}.js'`],
    ]),
  ),
}

/** What Vite said, and a promise for what it has yet to say. */
class Log {
  lines: string[] = []
  logger: Logger
  #waiting: { pattern: RegExp; resolve: () => void }[] = []

  constructor(logger: Logger) {
    const add: Logger['info'] = (message, options) => {
      const line = stripVTControlCharacters(`${options?.environment ?? ''}${message}`)
      this.lines.push(line)
      for (const { pattern, resolve } of this.#waiting) if (pattern.test(line)) resolve()
      this.#waiting = this.#waiting.filter(({ pattern }) => !pattern.test(line))
    }
    const warned = new Set<string>()
    const warnOnce: Logger['info'] = (message, options) => {
      if (!warned.has(message)) add(message, options)
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
