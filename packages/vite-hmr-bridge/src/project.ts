import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import * as vite8 from 'vite'
import type { DevEnvironment, HotPayload, InlineConfig, Logger, Plugin, ViteDevServer } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import * as vite6 from 'vite6'
import * as vite7 from 'vite7'
import { resolveFresh, type HmrBridgeApi } from './index.ts'

export type Vite = typeof import('vite')
// The other majors' types differ from those of Vite 8 in ways that do not matter here.
const [six, seven]: any[] = [vite6, vite7]
export const majors: [string, Vite][] = [
  ['6', six],
  ['7', seven],
  ['8', vite8],
]

export interface Project extends AsyncDisposable {
  root: string
  file: (name: string) => string
  write: (files: Record<string, string>) => Promise<void>
  /** Replaces text in a file, which must be there. */
  edit: (name: string, from: string, to: string) => Promise<void>
  serve: (config?: InlineConfig) => Promise<Server>
}

export interface Server {
  vite: ViteDevServer
  log: Log
  /** The bridge's API, as another plugin finds it. */
  api: HmrBridgeApi
  /** The worker's runner, in this very process. */
  runner: ModuleRunner
  worker: DevEnvironment
  ssr: DevEnvironment
}

/** A project in a temporary directory, for servers of one major of Vite. */
export async function createProject(
  { createServer, createLogger, isRunnableDevEnvironment }: Vite,
  files: Record<string, string> = {},
): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'vite-hmr-bridge-')))
  const servers: ViteDevServer[] = []
  const project: Project = {
    root,
    file: (name) => path.join(root, name),
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        const file = project.file(name)
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(file, content)
      }
    },
    async edit(name, from, to) {
      const before = await readFile(project.file(name), 'utf8')
      const after = before.replace(from, to)
      if (after === before) throw new Error(`${name} does not contain ${from}`)
      // At once: written in place it changes twice, and a slow watcher tells of both. Beside the
      // sources it would be watched itself.
      const partial = project.file('node_modules/.saving')
      await mkdir(path.dirname(partial), { recursive: true })
      await writeFile(partial, after)
      await rename(partial, project.file(name))
    },
    async serve(config = {}) {
      const log = new Log(createLogger())
      const server = await createServer({
        root,
        configFile: false,
        customLogger: log.logger,
        ...config,
        server: { middlewareMode: true, ws: false, ...config.server },
        environments: {
          ssr: { resolve: { noExternal: true }, optimizeDeps: { noDiscovery: false } },
          worker: { resolve: { noExternal: true } },
          ...config.environments,
        },
      })
      servers.push(server)
      return {
        vite: server,
        log,
        get api(): HmrBridgeApi {
          return server.config.plugins.find(({ name }) => name === '@holdfast/vite-hmr-bridge')!.api
        },
        get runner() {
          const { worker } = server.environments
          if (!worker || !isRunnableDevEnvironment(worker)) throw new Error('no worker')
          return worker.runner
        },
        get worker() {
          return server.environments.worker!
        },
        get ssr() {
          return server.environments.ssr
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()))
      await rm(root, { recursive: true })
    },
  }
  await project.write({ 'package.json': '{ "type": "module" }', ...files })
  return project
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

/** The function that is the environment's `hot.send` at present. */
export function sendOf({ hot }: DevEnvironment): (payload: HotPayload) => void {
  return Reflect.get(hot, 'send')
}

/** What reaches the transport of a runnable environment. */
export function record({ hot }: DevEnvironment): HotPayload[] {
  const payloads: HotPayload[] = []
  hot.api.outsideEmitter.on('send', (payload: HotPayload) => payloads.push(payload))
  return payloads
}

/**
 * The bridge topology, reduced to its idea: in the worker, `ssr:<url>` is a virtual module made of
 * what the ssr environment makes of the url. Its default export is the module's namespace.
 */
export function ssrModules({ watch = true }: { watch?: boolean } = {}): Plugin {
  let server: ViteDevServer
  return {
    name: 'ssr-modules',
    configureServer: {
      order: 'pre',
      handler(configured) {
        server = configured
      },
    },
    resolveId: (id) => (id.startsWith('ssr:') ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith('\0ssr:')) return null
      const { ssr } = server.environments
      const result = await ssr.fetchModule(await resolveFresh(ssr, id.slice('\0ssr:'.length)))
      if (!('code' in result)) {
        const url = 'externalize' in result ? result.externalize : id
        return `import * as module from ${JSON.stringify(url)}; export default module`
      }
      if (watch && result.file) this.addWatchFile(result.file)
      // The worker's own transform declares the same names.
      const code = result.code.replaceAll('__vite_ssr_', '__ssr_')
      const imports = [...code.matchAll(/__ssr_import__\("([^"]+)"/g)].map(([, url]) => url!)
      return `
        const __ssr_import_meta__ = import.meta
        const __ssr_exports__ = {}
        const __ssr_exportName__ = (name, get) =>
          Object.defineProperty(__ssr_exports__, name, { enumerable: true, get })
        const imports = { ${imports.map((url) => `"${url}": () => import("ssr:${url}")`).join()} }
        const __ssr_import__ = async (url) => (await imports[url]()).default
        ${code}
        export default __ssr_exports__`
    },
  }
}

export const PAIRS: number[] = Array.from({ length: 50 }, (_, index) => index)

/**
 * A dependency with pairs of subpaths. Where `a` of a pair is pre-bundled, importing `b`, which
 * shares code with it, moves that code into a chunk of its own: an existing output changes, so Vite
 * reloads.
 */
export const dep: Record<string, string> = {
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
