import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { findBrowser } from './browser.ts'

if (findBrowser() === undefined) {
  console.log('No Chrome or Chromium found; asking Playwright to install one.')
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli')
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit' })
}

if (findBrowser() === undefined) {
  console.error(
    'The end-to-end tests need a browser. Install Google Chrome or Chromium, for instance with\n\n' +
      '  sudo apt-get install -y chromium      (Debian, Ubuntu)\n' +
      '  brew install --cask google-chrome     (macOS)\n' +
      '  winget install Google.Chrome          (Windows)\n\n' +
      'and run the tests again.',
  )
  process.exit(1)
}
