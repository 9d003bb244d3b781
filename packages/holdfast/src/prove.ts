import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as vite from 'vite'
import type { DevEnvironment } from 'vite'
import type { Files } from './remembered.ts'

/** How an import is resolved: to a file, to what the optimizer leaves out, or in the bundler's way. */
type Resolve = (
  id: string,
  importer: string | undefined,
  isRequire: boolean,
) => Promise<{ file: string } | 'external' | 'empty' | undefined>

/** Bundles files and throws what came out away. Rejects if that fails. */
type Bundle = (environment: DevEnvironment, files: string[], resolve: Resolve) => Promise<void>

/** Loads a bundler, which is not what is to be proved. */
type LoadBundle = () => Promise<Bundle>

/**
 * Which of the dependencies cannot be bundled, and why: a file has a fault, or something is missing.
 * Vite ends the process when its first run fails, so it must not be given those.
 *
 * @param load is by default of the bundler with which this Vite optimizes.
 * @throws {Error} (a rejection) if there is no such bundler.
 */
export async function findBroken(
  environment: DevEnvironment,
  files: Files,
  load: LoadBundle = loadBundle,
): Promise<Map<string, string>> {
  const bundle = await load()
  const resolve = createResolve(environment)
  const broken = new Map<string, string>()
  const entries = Object.entries(files)
  const all = entries.map(([, file]) => file)
  if (
    await bundle(environment, all, resolve).then(
      () => true,
      () => false,
    )
  )
    return broken
  await Promise.all(
    entries.map(([id, file]) =>
      bundle(environment, [file], resolve).catch((error: unknown) => {
        broken.set(id, String(error))
      }),
    ),
  )
  return broken
}

const loadBundle: LoadBundle = () => ('rolldownVersion' in vite ? withRolldown() : withEsbuild())

/** What the optimizer leaves to Vite's own plugins (`externalTypes`, the same in Vite 6 to 8). */
const OTHER_FILE =
  /\.(?:css|less|sass|scss|styl|stylus|pcss|postcss|wasm|vue|svelte|marko|astro|imba|jsx|tsx|apng|bmp|png|jpe?g|jfif|pjpeg|pjp|gif|svg|ico|webp|avif|cur|jxl|mp4|webm|ogg|mp3|wav|flac|aac|opus|mov|m4a|vtt|woff2?|eot|ttf|otf|webmanifest|pdf|txt)(?:\?.*)?$/

/** Resolves as the optimizer does (`rolldownDepPlugin`, `esbuildDepPlugin`). */
function createResolve(environment: DevEnvironment): Resolve {
  const config = environment.getTopLevelConfig()
  const options = { asSrc: false, scan: true }
  const resolveImport = vite.createIdResolver(config, options)
  const resolveRequire = vite.createIdResolver(config, { ...options, isRequire: true })
  const { exclude = [] } = environment.config.optimizeDeps
  const { builtins } = environment.config.resolve

  return async (id, importer, isRequire) => {
    if (OTHER_FILE.test(id)) return 'external'
    // The bundler resolves what is relative by itself.
    if (importer === undefined || !/^[#\w@][^:]/.test(id)) return undefined
    if (exclude.some((each) => id === each || id.startsWith(`${each}/`))) return 'external'
    if (builtins.some((each) => (typeof each === 'string' ? each === id : each.test(id)))) {
      return 'external'
    }
    const resolver = isRequire ? resolveRequire : resolveImport
    // For example a package that does not export it, of which the bundler will complain.
    const resolved = await resolver(environment, id, importer).catch(() => undefined)
    if (resolved === undefined) return undefined
    if (resolved.startsWith('__vite-')) return 'empty'
    return path.isAbsolute(resolved) && !OTHER_FILE.test(resolved)
      ? { file: path.resolve(resolved) }
      : 'external'
  }
}

const EMPTY = '\0holdfast-empty'

/** As `prepareRolldownOptimizerRun` sets it up. */
export const withRolldown: LoadBundle = async () => {
  const { rolldown } = await importOfVite<typeof vite.Rolldown>('rolldown')
  return async (environment, files, resolve) => {
    const { consumer, optimizeDeps, ssr } = environment.config
    const { plugins, output, ...options } = optimizeDeps.rolldownOptions ?? {}
    const isBrowser = consumer === 'client' || ssr.target === 'webworker'
    const bundle = await rolldown({
      platform: isBrowser ? 'browser' : 'node',
      ...options,
      input: files,
      logLevel: 'silent',
      plugins: [
        plugins,
        {
          name: 'holdfast:prove',
          async resolveId(id, importer, { kind }) {
            const resolved = await resolve(id, importer, kind.startsWith('require'))
            if (resolved === 'external') return { id, external: true }
            if (resolved === 'empty') return EMPTY
            if (resolved !== undefined) return resolved.file
            const own = await this.resolve(id, importer, { kind, skipSelf: true })
            // Rolldown would leave it to the runtime, where it fails; a `require` may be in a `try`.
            if (!own && kind === 'import-statement') throw new Error(`"${id}" cannot be resolved`)
            return own
          },
          load: (id) => (id === EMPTY ? 'module.exports = {}' : null),
        },
      ],
    })
    try {
      await bundle.generate({ ...output, format: 'esm' })
    } finally {
      await bundle.close()
    }
  }
}

/** As `prepareEsbuildOptimizerRun` of Vite 6 and 7 sets it up. */
export const withEsbuild: LoadBundle = async () => {
  const { build } = await importOfVite<any>('esbuild')
  return async (environment, files, resolve) => {
    const { consumer, optimizeDeps, ssr } = environment.config
    const { plugins = [], ...options } = (optimizeDeps.esbuildOptions ?? {}) as {
      plugins?: object[]
    }
    const isBrowser = consumer === 'client' || ssr.target === 'webworker'
    await build({
      platform: isBrowser ? 'browser' : 'node',
      ...options,
      absWorkingDir: process.cwd(),
      entryPoints: files,
      bundle: true,
      write: false,
      format: 'esm',
      splitting: true,
      outdir: environment.config.cacheDir,
      logLevel: 'silent',
      plugins: [
        ...plugins,
        {
          name: 'holdfast:prove',
          setup(setup: any) {
            setup.onResolve({ filter: /.*/ }, async ({ path: id, importer, kind }: any) => {
              if (kind === 'entry-point') return undefined
              const resolved = await resolve(id, importer, kind.startsWith('require'))
              if (resolved === 'external') return { path: id, external: true }
              if (resolved === 'empty') return { path: EMPTY, namespace: EMPTY }
              return resolved && { path: resolved.file }
            })
            setup.onLoad({ filter: /.*/, namespace: EMPTY }, () => ({
              contents: 'module.exports = {}',
            }))
          },
        },
      ],
    })
  }
}

/** The very bundler that Vite brings. */
async function importOfVite<T>(name: string): Promise<T> {
  const fromVite = createRequire(createRequire(import.meta.url).resolve('vite/package.json'))
  return (await import(/* @vite-ignore */ pathToFileURL(fromVite.resolve(name)).href)) as T
}
