import { createRunnableDevEnvironment, createServer } from 'vite'
import type { DepOptimizationConfig, DevEnvironment, Plugin, ViteDevServer } from 'vite'
import { Runner } from './evaluator.ts'
import type { Evaluator } from './evaluator.ts'
import { Page } from './page.ts'

export interface Side {
  environment: DevEnvironment
  evaluator: Evaluator
  /** How often its optimizer or Vite has sent a full reload. */
  reloads: number
}

export interface Corpus extends AsyncDisposable {
  server: ViteDevServer
  sides: Record<string, Side>
}

/** How both environments are set up, the plugin and what is included apart. */
export async function startServer(options: {
  root: string
  cacheDir: string
  plugins?: Plugin[]
  include?: string[]
  /** What else a project may set. */
  resolve?: object
  optimizeDeps?: DepOptimizationConfig
}): Promise<Corpus> {
  const { root, cacheDir, plugins = [], include = [], resolve = {}, optimizeDeps = {} } = options
  const server = await createServer({
    configFile: false,
    root,
    cacheDir,
    // What matters is compared; what Vite says of it is not.
    logLevel: 'silent',
    plugins,
    // Nothing is edited, and watching takes the time that is measured.
    server: { host: '127.0.0.1', port: 0, watch: null },
    resolve,
    optimizeDeps: { ...optimizeDeps, entries: ['index.html'], include },
    environments: {
      worker: {
        consumer: 'server',
        resolve: { noExternal: true },
        optimizeDeps: { ...optimizeDeps, noDiscovery: false, entries: ['first.js'], include },
        dev: { createEnvironment: (name, config) => createRunnableDevEnvironment(name, config) },
      },
    },
  })
  const { client, worker } = server.environments
  const sides: Record<string, Side> = {
    worker: {
      environment: worker!,
      evaluator: new Runner(worker!),
      reloads: 0,
    },
    client: { environment: client, evaluator: new Page(client), reloads: 0 },
  }
  for (const side of Object.values(sides)) countReloads(side)
  await server.listen()
  return { server, sides, [Symbol.asyncDispose]: () => server.close() }
}

function countReloads(side: Side): void {
  const { hot } = side.environment
  const send = hot.send.bind<(...args: unknown[]) => void>(hot)
  hot.send = (...args: unknown[]) => {
    if ((args[0] as { type?: string }).type === 'full-reload') side.reloads++
    send(...args)
  }
}

/** Until no environment's optimizer has anything to do. */
export async function whenIdle({ environment }: Pick<Side, 'environment'>): Promise<void> {
  const { depsOptimizer } = environment
  for (;;) {
    await depsOptimizer!.scanProcessing
    const processing = Object.values(depsOptimizer!.metadata.discovered).flatMap(
      (info) => info.processing ?? [],
    )
    if (processing.length === 0) break
    await Promise.all(processing)
  }
  // A reload is sent after those that waited have been resumed.
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  await promise
}
