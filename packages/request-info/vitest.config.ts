import { statePlugin } from '@holdfast/vite-state-plugin'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({ plugins: [statePlugin()] })
export default config
