import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    // Vite 6 and 7 log every reload to the console of the process that runs the code: this one.
    silent: 'passed-only',
    testTimeout: 20_000,
    // What is waited for comes from a watcher, on a machine that may be busy.
    expect: { poll: { timeout: 10_000 } },
  },
})
export default config
