/**
 * The process of a server under test: what `vite` does in a project, and what its parent tells it.
 *
 *     node servers/subject.ts <root> <port> [--force]
 */
import { createServer } from 'vite'
import { armCrash } from './crash.ts'
import type { Order, Reply } from './server-process.ts'

const [, , root, port, force] = process.argv

const server = await createServer({
  root: root!,
  // As fast as it gets; the plugins are evaluated anew by `restart()` all the same.
  configLoader: 'native',
  clearScreen: false,
  forceOptimizeDeps: force === '--force',
  server: { host: '127.0.0.1', port: Number(port), strictPort: true },
})
await server.listen()

const reply = (message: Reply): void => void process.send!(message)

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'crash':
      armCrash(server.config.cacheDir, order.atWrite)
      reply('done')
      break
    case 'restart':
      void server.restart(order.isForced).then(() => reply('done'))
      break
    case 'close':
      void server.close().finally(() => process.exit(0))
      break
  }
})
// Nothing outlives its parent.
process.on('disconnect', () => process.exit(0))
reply('ready')
