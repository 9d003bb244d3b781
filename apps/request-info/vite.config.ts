import { fileURLToPath } from 'node:url'
import { cloudflare } from '@cloudflare/vite-plugin'
import react from '@vitejs/plugin-react'
import rsc from '@vitejs/plugin-rsc'
import { defineConfig } from 'vite'
import { settings } from './settings.ts'
import { ssrBridge } from './ssr-bridge.ts'

const { mode, topology, port } = settings
// The control does not even load it.
const { holdfast } = mode === 'off' ? {} : await import('holdfast/vite')
const naiveState = fileURLToPath(new URL('./src/naive-state.ts', import.meta.url))

export default defineConfig({
  clearScreen: false,
  server: {
    port,
    strictPort: port !== undefined,
    // Vite keeps an error for the next page that is opened, when what caused it, a request that a
    // reload overtook, is long past. The terminal has it.
    hmr: { overlay: false },
  },
  resolve: { alias: mode === 'off' ? { 'rwsdk/__state': naiveState } : {} },
  plugins: [
    react(),
    rsc({ serverHandler: false }),
    mode === 'on' && holdfast?.(),
    mode === 'no-incremental' && holdfast?.({ incrementalDeps: false }),
    mode === 'no-gate' && holdfast?.({ gate: false }),
    mode === 'no-once' && holdfast?.({ evaluateOnce: false }),
    topology === 'bridge' && ssrBridge('rsc'),
    // The worker runs the server components; the ssr environment, which renders client components
    // to HTML, runs in the same isolate.
    cloudflare({
      viteEnvironment: { name: 'rsc', ...(topology === 'child' && { childEnvironments: ['ssr'] }) },
    }),
  ],
  environments: {
    ssr: {
      // Inside the worker's own output, so that `wrangler deploy` finds everything in one place.
      build: {
        outDir: './dist/rsc/ssr',
        rolldownOptions: { input: { index: './src/framework/entry.ssr.tsx' } },
      },
      optimizeDeps: { entries: ['./src/framework/entry.ssr.tsx'] },
    },
    client: {
      build: { rolldownOptions: { input: { index: './src/framework/entry.browser.tsx' } } },
    },
  },
})
