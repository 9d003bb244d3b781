import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import * as vite8 from 'vite'
import type { DevEnvironment, InlineConfig, RunnableDevEnvironment, ViteDevServer } from 'vite'
import type { ModuleRunner } from 'vite/module-runner'
import * as vite6 from 'vite6'
import * as vite7 from 'vite7'
import { expect } from 'vitest'
import type { EvaluateOnceApi } from './index.ts'

export type Vite = typeof import('vite')
// The other majors' types differ from those of Vite 8 in ways that do not matter here.
const [six, seven]: any[] = [vite6, vite7]
export const majors: [string, Vite][] = [
  ['6', six],
  ['7', seven],
  ['8', vite8],
]

type Files = Record<string, string>

export interface Project extends AsyncDisposable {
  root: string
  write: (files: Files) => Promise<void>
  /** Starts a server whose ssr environment has its dependencies optimized, for a runner in this process. */
  serve: (config?: InlineConfig) => Promise<Server>
}

export interface Server extends AsyncDisposable {
  vite: ViteDevServer
  ssr: DevEnvironment
  runner: ModuleRunner
  api: EvaluateOnceApi
  lines: string[]
  /** Reloads the runner and waits until `src/entry.js` has been evaluated again. */
  reload: () => Promise<void>
}

/** A project in a temporary directory. Its `src/entry.js` is to end with `done()`. */
export async function createProject(
  { createServer, createLogger }: Vite,
  files: Files,
): Promise<Project> {
  const root = vite8.normalizePath(
    await realpath(await mkdtemp(path.join(tmpdir(), 'vite-evaluate-once-'))),
  )
  const servers: ViteDevServer[] = []
  const write = async (more: Files): Promise<void> => {
    for (const [name, content] of Object.entries(more)) {
      const file = path.join(root, name)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, content)
    }
  }
  await write({ 'package.json': '{ "type": "module" }', ...files })
  return {
    root,
    write,
    async serve(config = {}) {
      const lines: string[] = []
      const logger = createLogger()
      const add = (line: string): void => void lines.push(stripVTControlCharacters(line))
      Object.assign(logger, { info: add, warn: add, warnOnce: add, error: add })
      const server = await createServer({
        root,
        configFile: false,
        customLogger: logger,
        ...config,
        server: { middlewareMode: true, ws: false, ...config.server },
        environments: {
          ssr: {
            resolve: { noExternal: true },
            optimizeDeps: {
              noDiscovery: false,
              entries: ['src/entry.js'],
              ...config.environments?.['ssr']?.optimizeDeps,
            },
          },
        },
      })
      servers.push(server)
      const ssr = server.environments.ssr as RunnableDevEnvironment
      return {
        vite: server,
        ssr,
        get runner() {
          return ssr.runner
        },
        get api(): EvaluateOnceApi {
          const name = '@holdfast/vite-evaluate-once'
          return server.config.plugins.find((plugin) => plugin.name === name)!.api
        },
        lines,
        [Symbol.asyncDispose]: () => server.close(),
        async reload() {
          const before = count('entry')
          ssr.hot.send({ type: 'full-reload', path: '*' })
          await expect.poll(() => count('entry')).toBe(before + 1)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()))
      await rm(root, { recursive: true })
    },
  }
}

/** How often each has been evaluated: modules call `evaluated(name)`. */
const counts = new Map<string, number>()
export const count = (name: string): number => counts.get(name) ?? 0
export const forgetCounts = (): void => counts.clear()
Object.assign(globalThis, {
  evaluated: (name: string) => counts.set(name, count(name) + 1),
})

/** A package of one ES module, unless its manifest says otherwise. */
export function pack(name: string, files: Files | string, manifest: object = {}): Files {
  const all = typeof files === 'string' ? { 'index.js': files } : files
  const json = { name, version: '1.0.0', type: 'module', main: 'index.js', ...manifest }
  return Object.fromEntries(
    Object.entries({ 'package.json': JSON.stringify(json), ...all }).map(([file, content]) => [
      `node_modules/${name}/${file}`,
      content,
    ]),
  )
}
