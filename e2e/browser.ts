import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'
import type { LaunchOptions } from '@playwright/test'

const commands = ['google-chrome', 'google-chrome-stable', 'chrome', 'chromium', 'chromium-browser']

const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  `${process.env['PROGRAMFILES']}\\Google\\Chrome\\Application\\chrome.exe`,
  `${process.env['LOCALAPPDATA']}\\Google\\Chrome\\Application\\chrome.exe`,
]

/** The browser to test in: Playwright's own if it is installed, else the machine's. */
export function findBrowser(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((directory) => commands.map((command) => path.join(directory, command)))
  return [chromium.executablePath(), ...onPath, ...applications].find((file) => existsSync(file))
}

export const launchOptions: LaunchOptions = {
  executablePath: findBrowser(),
  // Containers run as root without a GPU, and no test needs what a browser asks of its makers.
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}
