import { rm } from 'node:fs/promises'
import path from 'node:path'
import { expect, test as base } from '@playwright/test'
import type { Page } from '@playwright/test'
import { setSwitch, switchNames } from '@holdfast/app-request-info/switches'
import type { SwitchName } from '@holdfast/app-request-info/switches'
import { appRoot, run } from './server.ts'
import type { Command } from './server.ts'

/** The harness being served: its address, its output, its switches. */
export class Harness {
  readonly #server: Command
  readonly url: string

  constructor(server: Command, url: string) {
    this.#server = server
    this.url = url
  }

  get output(): string {
    return this.#server.output
  }

  /** Flips a switch as a developer's save would, and makes sure the file really changed. */
  toggle(name: SwitchName, isOn: boolean): void {
    expect(setSwitch(name, isOn), `${name} was ${isOn ? 'on' : 'off'} already`).toBe(true)
  }
}

interface Options {
  /** Dev server from a cold cache, or the production build. */
  mode: 'dev' | 'preview'
  /** The harness's environment variables. */
  env: Record<string, string>
  /** Switches that are on from the start. */
  initiallyOn: SwitchName[]
}

export const test = base.extend<Options & { harness: Harness }>({
  mode: ['dev', { option: true }],
  env: [{}, { option: true }],
  initiallyOn: [[], { option: true }],

  harness: async ({ mode, env, initiallyOn }, use, testInfo) => {
    for (const name of switchNames) setSwitch(name, initiallyOn.includes(name))
    try {
      if (mode === 'preview') await run('vite', ['build'], env).done()
      else await rm(path.join(appRoot, 'node_modules/.vite'), { recursive: true, force: true })

      await using server = run('vite', mode === 'preview' ? ['preview'] : [], env)
      await use(new Harness(server, await server.url()))
      await testInfo.attach('server output', { body: server.output, contentType: 'text/plain' })
    } finally {
      for (const name of switchNames) setSwitch(name, false)
    }
  },
})

/** Opens the harness and waits until its buttons work. */
export async function open(page: Page, url: string): Promise<void> {
  // Not until "load": Vite may reload the page once more for dependencies of its own.
  await page.goto(url, { waitUntil: 'commit' })
  await expect(page.locator('html[data-hydrated]')).toBeAttached()
}

export { expect }
