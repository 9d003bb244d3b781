import { rm } from 'node:fs/promises'
import path from 'node:path'
import { sources } from '@holdfast/app-request-info/sources'
import { freePort } from '../../free-port.ts'
import { appRoot, run } from '../../server.ts'
import type { Command } from '../../server.ts'
import { CACHE_DIRECTORY_VARIABLE, FIGURES_PATH } from './constants.ts'
import type { Figures } from './figures-plugin.ts'

export interface Setup {
  topology: 'child' | 'bridge'
  /** With which of the packages: see the harness's `settings.ts`. */
  holdfast: 'off' | 'no-incremental' | 'on'
}

/** Everything that was started and not stopped yet. */
const running = new Set<Command>()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await Promise.all([...running].map((command) => command[Symbol.asyncDispose]()))
    sources.reset()
    process.exit(1)
  })
}

/** The harness's dev server. */
export class DevServer implements AsyncDisposable {
  readonly #setup: Setup
  readonly #cacheDir: string
  readonly #port: number
  #command!: Command
  #printedBefore = ''
  url = ''

  private constructor(setup: Setup, cacheDir: string, port: number) {
    this.#setup = setup
    this.#cacheDir = cacheDir
    this.#port = port
  }

  /**
   * From a cold cache. Resolves when Vite says that it serves.
   *
   * @param name - tells servers that run at a time apart.
   */
  static async start(setup: Setup, name = 'measured'): Promise<DevServer> {
    const cacheDir = path.join(appRoot, `node_modules/.vite-load-test-${name}`)
    await rm(cacheDir, { recursive: true, force: true })
    // The same for as long as the server lives, restarts included, and none that other servers look
    // for: while this one is restarted, the load must not go to theirs.
    const server = new DevServer(setup, cacheDir, await freePort())
    try {
      await server.#start()
    } catch (error) {
      await server[Symbol.asyncDispose]()
      throw error
    }
    return server
  }

  /** What it has printed, before restarts too. */
  get output(): string {
    return this.#printedBefore + this.#command.output
  }

  /** As whoever finds the server broken does. */
  async restart(): Promise<void> {
    await this[Symbol.asyncDispose]()
    this.#printedBefore = this.output
    await this.#start()
  }

  /** What the plugins say of themselves. */
  async figures(): Promise<Figures> {
    const response = await fetch(this.url + FIGURES_PATH)
    return (await response.json()) as Figures
  }

  async #start(): Promise<void> {
    const config = path.join(import.meta.dirname, 'vite.config.ts')
    const { topology, holdfast } = this.#setup
    const env = {
      TOPOLOGY: topology,
      HOLDFAST: holdfast,
      [CACHE_DIRECTORY_VARIABLE]: this.#cacheDir,
      PORT: String(this.#port),
    }
    this.#command = run('vite', ['--config', config, '--configLoader', 'native'], env)
    running.add(this.#command)
    this.url = await this.#command.url()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command[Symbol.asyncDispose]()
    running.delete(this.#command)
  }
}
