import { fileURLToPath } from 'node:url'
import { cloudflare } from '@cloudflare/vite-plugin'
import { hmrBridge } from '@holdfast/vite-hmr-bridge'
import { incrementalDeps } from '@holdfast/vite-incremental-deps'
import { requestGate } from '@holdfast/vite-request-gate'
import { statePlugin } from '@holdfast/vite-state-plugin'
import react from '@vitejs/plugin-react'
import rsc from '@vitejs/plugin-rsc'
import { defineConfig } from 'vite'
import { settings } from './settings.ts'
import { ssrBridge } from './ssr-bridge.ts'

const { holdfast, topology, port } = settings
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
  resolve: { alias: holdfast === 'off' ? { 'rwsdk/__state': naiveState } : {} },
  plugins: [
    holdfast !== 'off' && requestGate(),
    react(),
    rsc({ serverHandler: false }),
    holdfast !== 'off' && statePlugin(),
    holdfast === 'on' && incrementalDeps(),
    ...(topology === 'bridge'
      ? [ssrBridge('rsc'), holdfast !== 'off' && hmrBridge({ from: 'ssr', to: 'rsc' })]
      : []),
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
