import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Status } from './app.ts'

export type Order =
  | { kind: 'crash'; atWrite: number }
  | { kind: 'restart'; isForced: boolean }
  | { kind: 'close' }
export type Reply = 'ready' | 'done'

export interface StartOptions {
  root: string
  name: string
  port: number
  isForced: boolean
}

/** Milliseconds after which a server that does not start, restart or close has failed. */
const PATIENCE = 20_000

/** A server under test, in a process of its own, so that it can be killed. */
export class ServerProcess {
  readonly url: string
  readonly #child: ChildProcess
  #output = ''

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}`
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk).slice(-20_000)))
    }
    running.add(child)
    child.once('exit', () => running.delete(child))
  }

  /** @throws {Error} with what it has printed, if it does not start. */
  static async start({ root, name, port, isForced }: StartOptions): Promise<ServerProcess> {
    const args = [root, String(port), ...(isForced ? ['--force'] : [])]
    const child = fork(path.join(import.meta.dirname, 'subject.ts'), args, {
      cwd: root,
      silent: true,
      execArgv: [],
      // Vite's own tells of a test apart.
      env: {
        ...process.env,
        MODEL_SERVER: name,
        NODE_ENV: 'development',
        DEBUG: 'holdfast:deps',
        VITEST: undefined,
      },
    })
    const server = new ServerProcess(child, port)
    try {
      await server.#replied('ready')
    } catch (error) {
      await server.kill()
      throw error
    }
    return server
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Whether it ends, which whoever has lost the connection to it knows before. */
  async ends(): Promise<boolean> {
    if (!this.isRunning) return true
    return once(this.#child, 'exit', { signal: AbortSignal.timeout(1000) }).then(
      () => true,
      () => false,
    )
  }

  /** The last that it has printed. */
  get output(): string {
    return this.#output
  }

  async restart(isForced: boolean): Promise<void> {
    this.#send({ kind: 'restart', isForced })
    await this.#replied('done')
  }

  /** Has it killed at its n-th write to the cache from now on. */
  async crashAt(atWrite: number): Promise<void> {
    this.#send({ kind: 'crash', atWrite })
    await this.#replied('done')
  }

  async close(): Promise<void> {
    if (!this.isRunning) return
    this.#send({ kind: 'close' })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE)
    await once(this.#child, 'exit')
    clearTimeout(timer)
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  async status(): Promise<Status> {
    const options = { headers: JSON_ONLY, signal: AbortSignal.timeout(PATIENCE) }
    return (await (await fetch(`${this.url}/__status`, options)).json()) as Status
  }

  #send(order: Order): void {
    this.#child.send(order)
  }

  async #replied(expected: Reply): Promise<void> {
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE)])
    try {
      const [reply] = (await Promise.race([
        once(this.#child, 'message', { signal }),
        once(this.#child, 'exit', { signal }),
      ])) as unknown[]
      if (reply !== expected) throw new Error('it has ended')
    } catch (error) {
      throw new Error(`the server is not ${expected}:\n${this.#output}`, { cause: error })
    } finally {
      over.abort()
    }
  }
}

/** Else Vite answers requests for pages with its own. */
export const JSON_ONLY = { accept: 'application/json' }

const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))
