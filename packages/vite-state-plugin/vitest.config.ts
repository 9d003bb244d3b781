import { defineConfig, type ViteUserConfig } from 'vitest/config'

// Tests start real servers and builds on machines that may have two cores.
const config: ViteUserConfig = defineConfig({ test: { testTimeout: 60_000 } })
export default config
