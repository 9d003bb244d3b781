import { evaluateOnce } from '@holdfast/vite-evaluate-once'
import { incrementalDeps } from '@holdfast/vite-incremental-deps'
import { requestGate } from '@holdfast/vite-request-gate'
import { statePlugin } from '@holdfast/vite-state-plugin'
import { defineConfig } from 'vite'
import { serveApp } from './serve-app.ts'

const holdfast = process.env['HOLDFAST'] ?? 'on'

export default defineConfig({
  clearScreen: false,
  appType: 'custom',
  resolve: { alias: holdfast === 'off' ? { 'rwsdk/__state': '/src/naive-state.ts' } : {} },
  plugins: [
    holdfast !== 'off' && requestGate(),
    holdfast !== 'off' && statePlugin(),
    holdfast === 'on' && incrementalDeps(),
    holdfast !== 'off' && evaluateOnce(),
    serveApp(),
  ],
  environments: {
    ssr: {
      // Installed packages are bundled, as for a runtime that is not Node: only then are there
      // dependencies to discover.
      resolve: { noExternal: true },
      optimizeDeps: { noDiscovery: false, entries: ['src/server.ts'] },
    },
  },
  build: { ssr: 'src/server.ts' },
})
