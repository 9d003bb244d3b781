import config from '@holdfast/app-request-info/vite-config'
import type { Plugin } from 'vite'

/** Where the server says who it is, and how much it has on its heap once its garbage is collected. */
const memory: Plugin = {
  name: 'bench-memory',
  configureServer({ middlewares }) {
    middlewares.use('/bench/memory.json', (_request, response) => {
      globalThis.gc!()
      const { heapUsed } = process.memoryUsage()
      response.end(JSON.stringify({ pid: process.pid, heapUsed }))
    })
  },
}

export default { ...config, plugins: [config.plugins, memory] }
