import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as Vite from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import type { statePlugin } from './plugin.ts'

const own = fileURLToPath(new URL('..', import.meta.url))

const require = createRequire(import.meta.url)

/** The directories of all supported majors of Vite. */
export const majors: [major: string, directory: string][] = [
  ['6', path.dirname(require.resolve('vite6/package.json'))],
  ['7', path.dirname(require.resolve('vite7/package.json'))],
  ['8', path.dirname(require.resolve('vite/package.json'))],
]

export type Server = Vite.ViteDevServer & {
  log: Log
  /** The runner of a server environment, in this very process. */
  runner: (environment: string) => ModuleRunner
}

export interface Project extends AsyncDisposable {
  root: string
  vite: typeof Vite
  statePlugin: typeof statePlugin
  /** Writes files below the root. */
  write: (files: Record<string, string>) => Promise<void>
  /** Starts a server with nothing but the given config; it is closed with the project. */
  serve: (config: Vite.InlineConfig) => Promise<Server>
}

/** Where the state runtime is: below the plugin, as with pnpm, or in the root, as npm puts it. */
export type Layout = 'nested' | 'flat'

/**
 * A project in a temporary directory with this package built and installed, as a copy, beside one
 * major of Vite.
 */
export async function createProject(
  files: Record<string, string> = {},
  vite: string = majors[2]![1],
  layout: Layout = 'nested',
): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'vite-state-plugin-')))
  const modules = path.join(root, 'node_modules')
  const plugin = path.join(modules, '@holdfast/vite-state-plugin')
  await install(own, plugin)
  await install(
    path.join(own, 'node_modules/@holdfast/state-runtime'),
    path.join(layout === 'flat' ? root : plugin, 'node_modules/@holdfast/state-runtime'),
  )
  for (const [name, from] of [
    ['vite', vite],
    ['vitest', path.join(own, 'node_modules/vitest')],
    ['vitefu', path.join(own, 'node_modules/vitefu')],
    ['@rolldown/pluginutils', path.join(own, 'node_modules/@rolldown/pluginutils')],
  ] as const) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true })
    await symlink(await realpath(from), path.join(modules, name))
  }

  const servers: Vite.ViteDevServer[] = []
  const project: Project = {
    root,
    vite: await load<typeof Vite>(path.join(modules, 'vite/dist/node/index.js')),
    ...(await load<{ statePlugin: typeof statePlugin }>(path.join(plugin, 'dist/index.mjs'))),
    async write(more) {
      for (const [file, content] of Object.entries(more)) {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true })
        await writeFile(path.join(root, file), content)
      }
    },
    async serve(config) {
      const log = new Log()
      const server = await project.vite.createServer({
        root,
        configFile: false,
        customLogger: log.logger(project.vite),
        ...config,
        server: { middlewareMode: true, ws: false, ...config.server },
      })
      servers.push(server)
      return Object.assign(server, {
        log,
        runner(name: string) {
          const environment = server.environments[name]!
          if (!project.vite.isRunnableDevEnvironment(environment)) throw new Error(name)
          return environment.runner
        },
      })
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()))
      await rm(root, { recursive: true })
    },
  }
  await project.write({ 'package.json': '{ "type": "module" }', ...files })
  return project
}

async function load<T>(file: string): Promise<T> {
  return import(pathToFileURL(file).href)
}

async function install(from: string, to: string): Promise<void> {
  const manifest: { files: string[] } = JSON.parse(
    await readFile(path.join(from, 'package.json'), 'utf8'),
  )
  for (const file of ['package.json', ...manifest.files]) {
    await cp(path.join(from, file), path.join(to, file), { recursive: true, dereference: true })
  }
}

/** What Vite said, and a promise for what it has yet to say. */
class Log {
  lines: string[] = []
  #waiting: { pattern: RegExp; resolve: () => void }[] = []

  logger(vite: typeof Vite): Vite.Logger {
    const add = (line: string): void => {
      this.lines.push(line)
      this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
        if (!pattern.test(line)) return true
        resolve()
        return false
      })
    }
    return { ...vite.createLogger(), info: add, warn: add, warnOnce: add, error: add }
  }

  /** Resolves with the next line that matches. */
  next(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }))
  }
}

/** The files of a package in node_modules. */
export function installed(
  name: string,
  files: Record<string, string>,
  manifest: object = {},
): Record<string, string> {
  const all = { ...files, 'package.json': JSON.stringify({ name, version: '1.0.0', ...manifest }) }
  return Object.fromEntries(
    Object.entries(all).map(([file, content]) => [`node_modules/${name}/${file}`, content]),
  )
}
