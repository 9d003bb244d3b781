import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A real browser with one page. It needs no driver: the page and the server talk through Vite's hot
 * channel.
 */
export class Browser implements AsyncDisposable {
  readonly #profile = mkdtempSync(path.join(tmpdir(), 'corpus-browser-'))
  readonly #child
  readonly #kill = (): boolean => this.#child.kill()

  /** @param executable - Chromium, or a browser that takes its flags. */
  constructor(executable: string, url: string) {
    const args = [...ARGUMENTS, `--user-data-dir=${this.#profile}`, url]
    this.#child = spawn(executable, args, { stdio: 'ignore' })
    process.once('exit', this.#kill)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill)
    if (this.#child.exitCode === null && this.#kill()) await once(this.#child, 'exit')
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 })
  }
}
