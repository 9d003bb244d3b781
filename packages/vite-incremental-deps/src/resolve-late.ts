import path from 'node:path'
import { createIdResolver } from 'vite'
import type { DevEnvironment, Rolldown } from 'vite'
import type { Modules } from './record.ts'
import { platformOf } from './vite-internals.ts'

const IMPORTED = '\0holdfast-import:'
const AS_COMMON_JS = '\0holdfast-commonjs:'
const REQUIRED = '\0holdfast-require:'
const REQUIRED_EXCLUDED = '\0holdfast-require-excluded:'

/** Their files are Vite's to serve, under the URL they always have. */
const STYLE_OR_WASM = /\.(?:css|less|sass|scss|styl|stylus|pcss|postcss|wasm)$/

/** What Vite's optimizer rewrites (`assetImportMetaUrlRE`), but for URLs that it leaves. */
const ASSET_URL = /\bnew\s+URL\s*\(\s*(['"`])(?!data:|https?:|\/)[^'"`]*\1\s*,\s*import\.meta\.url/

interface Options {
  environment: DevEnvironment
  /** What is inside served outputs. */
  served: Modules
  /** Throws. */
  refuse: (reason: string) => never
}

/**
 * Resolves the imports of a late bundle as Vite's optimizer does (`rolldownDepPlugin`), except that
 * a module that is inside a served output is imported from there.
 *
 * Those imports are relative, without `?v=`: Vite adds it when it serves the file, so that no hash
 * is ever written down, and leaves relative imports between optimized files without interop.
 */
export function resolveLate({ environment, served, refuse }: Options): Rolldown.Plugin {
  const config = environment.getTopLevelConfig()
  const resolvers = {
    import: createIdResolver(config, { asSrc: false, scan: true }),
    require: createIdResolver(config, { asSrc: false, scan: true, isRequire: true }),
  }
  const { exclude = [] } = environment.config.optimizeDeps
  const isExcluded = (id: string) =>
    exclude.some((each) => id === each || id.startsWith(`${each}/`))
  const { builtins } = environment.config.resolve
  const isBuiltin = (id: string) =>
    builtins.some((each) => (typeof each === 'string' ? each === id : each.test(id)))

  const fromServed = (id: string, isRequire: boolean): Rolldown.ResolveIdResult => {
    const { file, isCommonJs } = served[id]!
    if (!file) return refuse(`${id} is inside an output and cannot be imported from there`)
    if (isCommonJs) return { id: AS_COMMON_JS + file }
    return isRequire ? { id: REQUIRED + file } : output(file)
  }

  return {
    name: 'resolve-late',
    async resolveId(source, importer, { kind }) {
      if (source.startsWith(IMPORTED)) {
        const target = source.slice(IMPORTED.length)
        return isExcluded(target) ? { id: target, external: 'absolute' } : output(target)
      }
      if (!importer) return { id: source }
      const isRequire = kind === 'require-call'
      if (isExcluded(source)) {
        return isRequire && platformOf(environment) === 'browser'
          ? { id: REQUIRED_EXCLUDED + source }
          : { id: source, external: 'absolute' }
      }
      if (isBuiltin(source)) return isRequire ? null : { id: source, external: true }

      const resolve = isRequire ? resolvers.require : resolvers.import
      const resolved = await resolve(environment, source, importer)
      if (!resolved || !path.isAbsolute(resolved) || /[?#]/.test(resolved)) {
        return refuse(`"${source}", imported by ${importer}, is for Vite to resolve`)
      }
      if (STYLE_OR_WASM.test(resolved) && !isRequire) return { id: resolved, external: 'absolute' }
      if (!/\.(?:[cm]?js|json)$/.test(resolved)) return refuse(`${resolved} is for Vite to load`)
      const id = path.resolve(resolved)
      return id in served ? fromServed(id, isRequire) : { id }
    },
    load: {
      filter: { id: new RegExp(`^(?:${AS_COMMON_JS}|${REQUIRED}|${REQUIRED_EXCLUDED})`) },
      handler(id) {
        const [prefix, target] = id.split(/(?<=^[^:]+:)/) as [string, string]
        const from = JSON.stringify(IMPORTED + target)
        if (prefix === AS_COMMON_JS) return `import exports from ${from}\nmodule.exports = exports`
        const copy = `import * as all from ${from}\nmodule.exports = { ...all }`
        if (prefix === REQUIRED_EXCLUDED) return copy
        // As Rolldown gives ES modules to `require`: bindings stay live.
        return (
          `import * as all from ${from}\n` +
          `Object.defineProperty(module.exports, '__esModule', { value: true })\n` +
          `for (const name in all) ` +
          `Object.defineProperty(module.exports, name, { enumerable: true, get: () => all[name] })`
        )
      },
    },
    transform: {
      filter: { code: ASSET_URL },
      handler: (_code, id) => refuse(`${id} refers to a file beside it by \`new URL()\``),
    },
  }
}

/** Left as it is: all outputs are in one directory. */
function output(file: string): Rolldown.ResolveIdResult {
  return { id: `./${file}`, external: 'absolute' }
}
