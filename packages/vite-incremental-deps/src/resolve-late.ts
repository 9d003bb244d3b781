import path from 'node:path'
import { createIdResolver } from 'vite'
import type { DevEnvironment, Rolldown } from 'vite'
import type { Modules } from './record.ts'
import { codeOfServed, isServedId, outputOfImport, servedId, sourceOf } from './served-modules.ts'
import { codeOfUnavailable, unavailableId } from './unavailable.ts'
import { platformOf } from './vite-internals.ts'

const REQUIRED_EXCLUDED = '\0holdfast-require-excluded:'
const EXCLUDED = '\0holdfast-excluded:'

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

  // Under the URL that such a file always has.
  const isServedByVite = (file: string) => STYLE_OR_WASM.test(file) || config.assetsInclude(file)

  return {
    name: 'resolve-late',
    async resolveId(source, importer, { kind }) {
      const output = outputOfImport(source)
      // Left as it is: all outputs are in one directory.
      if (output) return { id: `./${output}`, external: 'absolute' }
      if (source.startsWith(EXCLUDED)) return { id: source.slice(EXCLUDED.length), external: true }
      if (!importer) return { id: source }
      const isRequire = kind === 'require-call'
      if (isExcluded(source)) {
        return isRequire && platformOf(environment) === 'browser'
          ? { id: REQUIRED_EXCLUDED + source }
          : { id: source, external: 'absolute' }
      }
      if (isBuiltin(source)) return isRequire ? null : { id: source, external: true }

      const resolve = isRequire ? resolvers.require : resolvers.import
      const resolved = await resolve(environment, source, sourceOf(importer))
      const unavailable = resolved && unavailableId(source, resolved)
      if (unavailable) return { id: unavailable }
      if (!resolved || !path.isAbsolute(resolved) || /[?#]/.test(resolved)) {
        return refuse(`"${source}", imported by ${sourceOf(importer)}, is for Vite to resolve`)
      }
      if (isServedByVite(resolved) && !isRequire) return { id: resolved, external: 'absolute' }
      if (!/\.(?:[cm]?js|json)$/.test(resolved)) return refuse(`${resolved} is for Vite to load`)
      const id = path.resolve(resolved)
      return { id: id in served ? servedId(id) : id }
    },
    load: {
      filter: { id: /^\0holdfast-/ },
      handler(id) {
        if (id.startsWith(REQUIRED_EXCLUDED)) {
          const from = JSON.stringify(EXCLUDED + id.slice(REQUIRED_EXCLUDED.length))
          return `import * as all from ${from}\nmodule.exports = { ...all }`
        }
        const unavailable = codeOfUnavailable(id, config.isProduction)
        if (unavailable !== undefined) return { code: unavailable, moduleType: 'js' }
        if (!isServedId(id)) return null
        const source = sourceOf(id)
        const { file, access } = served[source]!
        if (!access)
          return refuse(`${source} is inside an output and cannot be imported from there`)
        return codeOfServed({ file, access })
      },
    },
    transform: {
      filter: { code: ASSET_URL },
      handler: (_code, id) => refuse(`${id} refers to a file beside it by \`new URL()\``),
    },
  }
}
