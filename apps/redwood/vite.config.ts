import { cloudflare } from '@cloudflare/vite-plugin'
import { redwood } from 'rwsdk/vite'
import { defineConfig } from 'vite'
import { settings } from './settings.ts'

const { mode, order, port } = settings
// The control does not even load it.
const { holdfast } = mode === 'off' ? {} : await import('holdfast/vite')
const at = (place: typeof order) =>
  order === place && (mode === 'on' ? holdfast?.() : holdfast?.({ incrementalDeps: false }))

export default defineConfig({
  clearScreen: false,
  server: {
    port,
    strictPort: port !== undefined,
    // Vite keeps an error for the next page that is opened, when what caused it, a request that a
    // reload overtook, is long past. The terminal has it.
    hmr: { overlay: false },
  },
  plugins: [
    at('first'),
    cloudflare({ viteEnvironment: { name: 'worker' } }),
    at('middle'),
    redwood(),
    at('last'),
  ],
})
