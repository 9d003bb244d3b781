import { rm } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@playwright/test'
import type { TestInfo } from '@playwright/test'
import type { Sources } from '@holdfast/app-common/sources'
import { run } from './server.ts'
import type { Command } from './server.ts'

/** An application being served: its address, its output, its switches. */
export class Served<Name extends string> implements AsyncDisposable {
  readonly #start: () => Command
  readonly #sources: Sources<Name>
  #server: Command
  url = ''

  private constructor(sources: Sources<Name>, start: () => Command) {
    this.#sources = sources
    this.#start = start
    this.#server = start()
  }

  static async start<Name extends string>(
    sources: Sources<Name>,
    start: () => Command,
  ): Promise<Served<Name>> {
    const served = new Served(sources, start)
    served.url = await served.#server.url()
    return served
  }

  /** What the server has printed since it was started. */
  get output(): string {
    return this.#server.output
  }

  /** Returns the server before, which has ended. */
  async restart(between?: () => Promise<void>): Promise<Command> {
    const before = this.#server
    await before[Symbol.asyncDispose]()
    await between?.()
    this.#server = this.#start()
    this.url = await this.#server.url()
    return before
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }

  /** Flips a switch as a developer's "save all" would, and makes sure a file really changed. */
  toggle(name: Name, isOn: boolean): void {
    expect(this.#sources.setSwitch(name, isOn), `${name} was ${isOn} already`).toBe(true)
  }

  /** The same with one part of the switch, in one save. */
  togglePart(name: Name, part: number, isOn: boolean): void {
    const changed = this.#sources.setPart(name, part, isOn)
    expect(changed, `part ${part} of ${name} was ${isOn} already`).toBe(true)
  }

  /**
   * Switches on in two saves, as a developer writes it: what is used and then its use, or the other
   * way round. Between them Vite has noticed the first, which it says with `DEBUG=vite:hmr`, and
   * `between` is over.
   */
  async switchOnInTwoSaves(
    name: Name,
    between: () => Promise<unknown>,
    [first, second]: [number, number] = [0, 1],
  ): Promise<void> {
    const printed = this.output.length
    this.togglePart(name, first, true)
    await expect.poll(() => this.output.slice(printed)).toContain('vite:hmr [file change]')
    await between()
    this.togglePart(name, second, true)
  }
}

export interface Setup<Name extends string> {
  sources: Sources<Name>
  /** Dev server from a cold cache, or the production build. */
  mode: 'dev' | 'preview'
  /** Switches that are on from the start. */
  initiallyOn: readonly Name[]
  /** The server's configuration, if not the application's own. */
  config?: string | undefined
  env: Record<string, string>
}

/** Serves an application for as long as `use` takes, and puts its sources back. */
export async function serve<Name extends string>(
  { sources, mode, initiallyOn, config, env }: Setup<Name>,
  use: (served: Served<Name>) => Promise<void>,
  testInfo: TestInfo,
): Promise<void> {
  const { root } = sources
  sources.reset()
  for (const name of initiallyOn) sources.setSwitch(name, true)
  try {
    if (mode === 'preview') await run('vite', ['build'], env, root).done()
    else await rm(path.join(root, 'node_modules/.vite'), { recursive: true, force: true })

    const args = mode === 'preview' ? ['preview'] : []
    if (config !== undefined) args.push('--config', config)
    await using served = await Served.start(sources, () => run('vite', args, env, root))
    await use(served)
    await testInfo.attach('server output', { body: served.output, contentType: 'text/plain' })
  } finally {
    sources.reset()
  }
}
