import { statePlugin } from '@holdfast/vite-state-plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [statePlugin()] })
