import { rm } from 'node:fs/promises'
import path from 'node:path'
import { expect, test as base } from '@playwright/test'
import type { Page } from '@playwright/test'
import { reset } from '@holdfast/app-request-info/reset'
import { setSwitch } from '@holdfast/app-request-info/switches'
import type { SwitchName } from '@holdfast/app-request-info/switches'
import { appRoot, run } from './server.ts'
import type { Command } from './server.ts'

/** The harness being served: its address, its output, its switches. */
export class Harness implements AsyncDisposable {
  readonly #start: () => Command
  #server: Command
  url = ''

  private constructor(start: () => Command) {
    this.#start = start
    this.#server = start()
  }

  static async start(start: () => Command): Promise<Harness> {
    const harness = new Harness(start)
    harness.url = await harness.#server.url()
    return harness
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

  /** Flips a switch as a developer's save would, and makes sure the file really changed. */
  toggle(name: SwitchName, isOn: boolean): void {
    expect(setSwitch(name, isOn), `${name} was ${isOn ? 'on' : 'off'} already`).toBe(true)
  }
}

export interface Options {
  /** Dev server from a cold cache, or the production build. */
  mode: 'dev' | 'preview'
  /** How the ssr environment is run: see the harness's `settings.ts`. */
  topology: 'child' | 'bridge'
  /** With which of our packages: see the harness's `settings.ts`. */
  holdfast: 'on' | 'no-incremental' | 'off'
  /** The server's configuration, if not the harness's own. */
  config: string | undefined
  /** Switches that are on from the start. */
  initiallyOn: SwitchName[]
}

export const test = base.extend<Options & { harness: Harness }>({
  mode: ['dev', { option: true }],
  topology: ['child', { option: true }],
  holdfast: ['on', { option: true }],
  config: [undefined, { option: true }],
  initiallyOn: [[], { option: true }],

  harness: async ({ mode, topology, holdfast, config, initiallyOn }, use, testInfo) => {
    const env = { TOPOLOGY: topology, HOLDFAST: holdfast }
    reset()
    for (const name of initiallyOn) setSwitch(name, true)
    try {
      if (mode === 'preview') await run('vite', ['build'], env).done()
      else await rm(path.join(appRoot, 'node_modules/.vite'), { recursive: true, force: true })

      const args = mode === 'preview' ? ['preview'] : []
      if (config !== undefined) args.push('--config', config)
      await using harness = await Harness.start(() => run('vite', args, env))
      await use(harness)
      await testInfo.attach('server output', { body: harness.output, contentType: 'text/plain' })
    } finally {
      reset()
    }
  },
})

/** Opens the harness and waits until its buttons work. */
export async function open(page: Page, url: string): Promise<void> {
  // Not until "load", as Vite may reload the page once more for dependencies of its own.
  expect((await page.goto(url, { waitUntil: 'commit' }))?.status()).toBe(200)
  await expect(page.locator('html[data-hydrated]')).toBeAttached()
}

export { expect }
