import { resolveFresh } from '@holdfast/vite-hmr-bridge'
import { DevEnvironment } from 'vite'
import type { Plugin } from 'vite'

const PREFIX = 'virtual:ssr-bridge:'
const conditions = ['workerd', 'worker', 'module', 'browser']

/** As the worker's runner asks for it; `__x00__` stands for the NUL of a virtual id. */
const URL_PREFIX = `/@id/__x00__${PREFIX}`

/**
 * The bridge topology: the `ssr` environment has a module graph and an optimizer but no runner.
 * Its modules are evaluated by the worker's runner, as virtual modules of the worker's environment
 * whose code is fetched from the `ssr` environment.
 */
export function ssrBridge(worker: string): Plugin {
  let ssr: DevEnvironment

  return {
    name: 'ssr-bridge',
    apply: 'serve',
    enforce: 'pre',
    config: () => ({
      resolve: { alias: { '#load-ssr': '/src/framework/load-ssr.bridge.ts' } },
      environments: {
        ssr: {
          // What the Cloudflare plugin sets for the environments that are its own.
          resolve: {
            noExternal: true,
            conditions: [...conditions, 'development|production'],
            builtins: [/^node:/, /^cloudflare:/],
          },
          optimizeDeps: {
            noDiscovery: false,
            rolldownOptions: {
              platform: 'neutral',
              resolve: { conditionNames: [...conditions, 'development'] },
            },
          },
          dev: {
            createEnvironment: (name, config) => new DevEnvironment(name, config, { hot: true }),
          },
        },
      },
    }),
    configureServer(server) {
      ssr = server.environments['ssr']!
    },
    applyToEnvironment: ({ name }) => name === worker,
    resolveId: {
      filter: { id: new RegExp(`^\0?${PREFIX}`) },
      handler: (id) => (id.startsWith('\0') ? id : `\0${id}`),
    },
    load: {
      filter: { id: new RegExp(`^\0${PREFIX}`) },
      async handler(id) {
        const url = id.slice(1 + PREFIX.length).replace(/^__x00__/, '\0')
        const module = await ssr.fetchModule(await resolveFresh(ssr, url))
        if ('cache' in module) throw new Error(`${url} was not asked for from a cache.`)
        if ('externalize' in module) return reexport(module.externalize)

        // So that the worker's module is updated when the file is edited.
        if (module.file) this.addWatchFile(module.file)
        const map = ssr.moduleGraph.getModuleById(module.id)?.transformResult?.map
        return { code: toWorker(module.code), map: map && 'version' in map ? map : null }
      },
    },
  }
}

/** What the ssr environment leaves to the runtime, such as `node:async_hooks`. */
function reexport(specifier: string): string {
  const from = JSON.stringify(specifier)
  return `export * from ${from}\nimport * as all from ${from}\nexport default all.default`
}

/**
 * Makes code that Vite transformed for a runner of the ssr environment fit for the worker's, where
 * it is transformed once more: imports lead to other bridged modules, as real `import()`s so that
 * the worker's module graph knows of them, and the names that the second transform will declare
 * are left free.
 */
function toWorker(code: string): string {
  return (
    `const ssrBridgeImport = (id, ...rest) => __vite_ssr_dynamic_import__(${JSON.stringify(URL_PREFIX)} + String(id).replace(/^\\0/, '__x00__'), ...rest);` +
    code
      // A client component is an ordinary module here, to be rendered rather than referred to.
      .replace(/^\s*(['"])use client\1;?/, '')
      .replaceAll('__vite_ssr_dynamic_import__(', 'ssrBridgeImport(')
      .replaceAll(/__vite_ssr_import_(\d+)__/g, '__ssr_bridge_import_$1__')
      .replaceAll(/__vite_ssr_import__\(("[^"\n]*")[^)\n]*\)/g, (_call, url: string) => {
        const id = (JSON.parse(url) as string).replace(/^\/@id\//, '')
        return `import(${JSON.stringify(URL_PREFIX + id)})`
      })
  )
}
