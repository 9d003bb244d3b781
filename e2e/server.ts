import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect } from '@playwright/test'

const require = createRequire(import.meta.url)

/** The directory of the harness, or, outside the repository, of what stands in for it. */
export const appRoot: string = path.dirname(
  require.resolve('@holdfast/app-request-info/package.json'),
)

/** Runs an installed package's command, by default in the harness. */
export function run(
  command: 'vite' | 'wrangler',
  args: string[],
  env = {},
  directory = appRoot,
): Command {
  const manifestFile = require.resolve(`${command}/package.json`, { paths: [directory] })
  const { bin } = require(manifestFile) as { bin: Record<string, string> }
  const script = path.join(path.dirname(manifestFile), bin[command]!)
  return new Command(
    spawn(process.execPath, [script, ...args], {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: 'pipe',
      // A group of its own, so that workerd is stopped with it.
      detached: process.platform !== 'win32',
    }),
  )
}

/** A running command and everything it has printed, without colours. */
export class Command implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #exit: Promise<unknown[]>
  output = ''

  constructor(child: ChildProcess) {
    this.#process = child
    this.#exit = once(child, 'exit')
    const record = (chunk: Buffer) => {
      this.output += stripVTControlCharacters(chunk.toString())
    }
    child.stdout?.on('data', record)
    child.stderr?.on('data', record)
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  /** Waits for the command to end by itself and fails unless it succeeded. */
  async done(): Promise<string> {
    const [code] = await this.#exit
    expect(code, this.output).toBe(0)
    return this.output
  }

  /** Waits for the address that Vite prints once it serves. */
  async url(): Promise<string> {
    const address = /Local:\s+(http:\S+?)\/?\s/
    const signal = AbortSignal.timeout(30_000)
    while (!address.test(this.output)) {
      if (this.hasEnded) throw new Error(this.output)
      await Promise.race([once(this.#process.stdout!, 'data', { signal }), this.#exit])
    }
    return address.exec(this.output)![1]!
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasEnded) return
    if (process.platform === 'win32') this.#process.kill()
    else process.kill(-this.#process.pid!, 'SIGTERM')
    await this.#exit
  }
}
