import { resolveFresh } from '@holdfast/vite-hmr-bridge'
import * as vite from 'vite'
import type { Plugin } from 'vite'

/** A module of the ssr environment, in the worker's. */
const COPY = 'virtual:ssr-bridge:'
/** The way in to a copy that code asks for by an id it only knows at run time. */
const ROOT = 'virtual:ssr-bridge-root:'

/** What the Cloudflare plugin sets for the environments that are its own. */
const conditions = ['workerd', 'worker', 'module', 'browser']

/**
 * The bridge topology: the `ssr` environment has a module graph and an optimizer but no runner.
 * Its modules are evaluated by the worker's runner, as virtual modules of the worker's environment
 * whose code is fetched from the `ssr` environment.
 */
export function ssrBridge(worker: string): Plugin {
  let ssr: vite.DevEnvironment

  return {
    name: 'ssr-bridge',
    apply: 'serve',
    enforce: 'pre',
    config: () => ({
      resolve: { alias: { '#load-ssr': '/src/framework/load-ssr.bridge.ts' } },
      environments: {
        ssr: {
          resolve: {
            noExternal: true,
            conditions: [...conditions, 'development|production'],
            builtins: [/^node:/, /^cloudflare:/],
          },
          optimizeDeps: {
            noDiscovery: false,
            ...('rolldownVersion' in vite
              ? {
                  rolldownOptions: {
                    platform: 'neutral',
                    resolve: { conditionNames: [...conditions, 'development'] },
                  },
                }
              : {
                  esbuildOptions: {
                    platform: 'neutral',
                    conditions: [...conditions, 'development'],
                  },
                }),
          },
          dev: {
            createEnvironment: (name, config) =>
              new vite.DevEnvironment(name, config, { hot: true }),
          },
        },
      },
    }),
    configureServer(server) {
      ssr = server.environments['ssr']!
    },
    applyToEnvironment: ({ name }) => name === worker,
    resolveId: {
      filter: { id: new RegExp(`^\0?(?:${COPY}|${ROOT})`) },
      handler: (id) => (id.startsWith('\0') ? id : `\0${id}`),
    },
    load: {
      filter: { id: new RegExp(`^\0(?:${COPY}|${ROOT})`) },
      async handler(id) {
        if (id.startsWith(`\0${ROOT}`)) return rootOf(id.slice(1 + ROOT.length))

        const url = id.slice(1 + COPY.length).replace(/^__x00__/, '\0')
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

/**
 * Nothing in the worker's module graph imports a copy that is asked for at run time, so that an
 * edit of it would find no module that accepts it and reload the whole worker. This one accepts:
 * whoever asks again, as React does for each render, gets the new exports.
 */
function rootOf(id: string): string {
  const copy = JSON.stringify(urlOf(COPY, id))
  return (
    `import * as copy from ${copy}\nexport * from ${copy}\nexport default copy.default\n` +
    'import.meta.hot?.accept()'
  )
}

/** What the ssr environment leaves to the runtime, such as `node:async_hooks`. */
function reexport(specifier: string): string {
  const from = JSON.stringify(specifier)
  return `export * from ${from}\nimport * as all from ${from}\nexport default all.default`
}

/** As a runner asks for a virtual module; `__x00__` stands for a NUL, which only starts an id. */
function urlOf(prefix: string, id: string): string {
  return `/@id/__x00__${prefix}${id.replace(/^\/@id\//, '').replace(/^\0/, '__x00__')}`
}

/**
 * Makes code that Vite transformed for a runner of the ssr environment fit for the worker's, where
 * it is transformed once more: imports lead to other copies, as real `import()`s so that the
 * worker's module graph knows of them, and the names that the second transform will declare are
 * left free.
 */
function toWorker(code: string): string {
  const literalImport = /__vite_ssr_(?:dynamic_)?import__\(("[^"\n]*")(?:,[^)\n]*)?\)/g
  return (
    `const __ssr_bridge_import__ = (id, ...rest) => __vite_ssr_dynamic_import__(${JSON.stringify(urlOf(ROOT, ''))} + String(id).replace(/^\\0/, '__x00__'), ...rest);` +
    code
      // A client component is an ordinary module here, to be rendered rather than referred to.
      .replace(/^\s*(['"])use client\1;?/, '')
      .replaceAll(literalImport, (_call, id: string) => {
        return `import(${JSON.stringify(urlOf(COPY, JSON.parse(id) as string))})`
      })
      .replaceAll('__vite_ssr_dynamic_import__(', '__ssr_bridge_import__(')
      .replaceAll(/__vite_ssr_import_(\d+)__/g, '__ssr_bridge_import_$1__')
  )
}
