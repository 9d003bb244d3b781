import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { answerOf } from '../judge/answer.ts'
import type { Answer } from '../judge/answer.ts'
import type { EnvironmentName } from './config.ts'
import { evaluateOverHttp } from './http-evaluator.ts'
import type { HttpCache } from './http-evaluator.ts'
import { JSON_ONLY, ServerProcess } from './server-process.ts'

export type ServerName = 'main' | 'second'

/** Milliseconds after which a request has failed. */
const REQUEST_PATIENCE = 10_000

/** What happened that is neither right nor wrong. */
export interface Tally {
  reloads: number
  added: number
  fellBack: number
}

/** The servers under test on one project, each on its own port for good, as browsers see them. */
export class Fleet implements AsyncDisposable {
  readonly tally: Tally = { reloads: 0, added: 0, fellBack: 0 }
  readonly #root: string
  readonly #hasHttpCache: boolean
  readonly #ports = new Map<ServerName, number>()
  readonly #processes = new Map<ServerName, ServerProcess>()
  readonly #caches = new Map<ServerName, HttpCache>()
  readonly #counted = new Map<ServerProcess, Tally>()

  constructor(root: string, hasHttpCache: boolean) {
    this.#root = root
    this.#hasHttpCache = hasHttpCache
  }

  get names(): ServerName[] {
    return [...this.#processes.keys()]
  }

  has(name: ServerName): boolean {
    return this.#processes.has(name)
  }

  /** Whether it has ended by itself. */
  hasDied(name: ServerName): boolean {
    return this.#processes.get(name)?.isRunning === false
  }

  outputOf(name: ServerName): string {
    return this.#processes.get(name)?.output ?? ''
  }

  async start(name: ServerName, isForced = false): Promise<void> {
    const port = this.#ports.get(name) ?? (await freePort())
    this.#ports.set(name, port)
    this.#processes.set(name, await ServerProcess.start({ root: this.#root, name, port, isForced }))
  }

  async stop(name: ServerName, isKilled: boolean): Promise<void> {
    const process = this.#processes.get(name)
    await (isKilled ? process?.kill() : process?.close())
    this.#processes.delete(name)
  }

  async restart(name: ServerName, isForced: boolean): Promise<void> {
    await this.#processes.get(name)!.restart(isForced)
  }

  async crashAt(name: ServerName, atWrite: number): Promise<void> {
    await this.#processes.get(name)!.crashAt(atWrite)
  }

  /** What a page says, opened anew in the client, rendered in the server environment. */
  ask(name: ServerName, environment: EnvironmentName, page: string): Promise<Answer> {
    const { url } = this.#processes.get(name)!
    const signal = AbortSignal.timeout(REQUEST_PATIENCE)
    return answerOf(async () => {
      if (environment === 'client') {
        if (!this.#caches.has(name)) this.#caches.set(name, new Map())
        const cache = this.#hasHttpCache ? this.#caches.get(name) : undefined
        return evaluateOverHttp(url, '/src/entry.js', page, { cache, signal })
      }
      const response = await fetch(`${url}/__page?name=${page}`, { headers: JSON_ONLY, signal })
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
      return response.json()
    })
  }

  /** Whether some optimizer has something to do. Counts what has happened since. */
  async isBusy(): Promise<boolean> {
    const states = [...this.#processes.values()].map(async (process) => {
      const status = await process.status().catch(async (error: unknown) => {
        // Whoever asks again is told.
        if (await process.ends()) return undefined
        throw error
      })
      if (!status) return true
      const before = this.#counted.get(process) ?? { reloads: 0, added: 0, fellBack: 0 }
      for (const key of ['reloads', 'added', 'fellBack'] as const) {
        this.tally[key] += Math.max(0, status[key] - before[key])
      }
      this.#counted.set(process, status)
      return status.isBusy
    })
    return (await Promise.all(states)).includes(true)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.kill()))
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
