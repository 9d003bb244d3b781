import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['{src,corpus,model}/**/*.test.ts'],
    silent: 'passed-only',
    testTimeout: 30_000,
  },
})
export default config
