import type { DevEnvironment, Rolldown } from 'vite'
import { findAccess } from './find-access.ts'
import type { Modules } from './record.ts'
import { resolveLate } from './resolve-late.ts'
import { servedId } from './served-modules.ts'
import { loadRolldown, platformOf } from './vite-internals.ts'

/** Why a dependency cannot be added; Vite's own way still can. */
export class CannotAdd extends Error {}

export interface LateBundle {
  outputs: (Rolldown.OutputChunk | Rolldown.OutputAsset)[]
  modules: Modules
  /** The names of the entries that are CommonJS, or facades of it. */
  commonJs: Set<string>
}

/**
 * Bundles dependencies against what is served already: a module that is inside a served output is
 * imported from there, never bundled again.
 *
 * @param entries - source files by the name of their output, without `.js`.
 * @throws {CannotAdd} if that would make a second instance of a module, or takes what only Vite's
 * optimizer does.
 * @throws {Error} Rolldown's, if a dependency has a fault.
 */
export async function bundleLate(
  environment: DevEnvironment,
  entries: Record<string, string>,
  served: Modules,
  directory: string,
): Promise<LateBundle> {
  const { optimizeDeps, keepProcessEnv, mode } = environment.config
  const { plugins = [], output: outputOptions, ...options } = optimizeDeps.rolldownOptions ?? {}
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, id]) => [name, id in served ? servedId(id) : id]),
  )
  const inputs = new Set(Object.values(input))
  const commonJs = new Set<string>()
  let modules: Modules = {}
  // Rolldown wraps what a plugin throws.
  let refusal: CannotAdd | undefined
  const refuse = (reason: string): never => {
    throw (refusal ??= new CannotAdd(reason))
  }

  // As Vite sets up its own run (`prepareRolldownOptimizerRun` in `optimizer/index.ts`).
  const nodeEnv = keepProcessEnv
    ? 'process.env.NODE_ENV'
    : JSON.stringify(process.env['NODE_ENV'] || mode)
  const { rolldown } = await loadRolldown()
  const bundle = await rolldown({
    ...options,
    input,
    logLevel: 'silent',
    platform: platformOf(environment),
    transform: {
      // `ESBUILD_BASELINE_WIDELY_AVAILABLE_TARGET` in `constants.ts`.
      target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
      ...options.transform,
      define: { 'process.env.NODE_ENV': nodeEnv, ...options.transform?.define },
    },
    plugins: [
      findAccess(inputs, (context, output, found) => {
        modules = found
        for (const chunk of Object.values(output)) {
          if (chunk.type !== 'chunk' || !chunk.facadeModuleId || !chunk.isEntry) continue
          // As Vite decides on interop.
          const isEs = context.getModuleInfo(chunk.facadeModuleId)?.inputFormat === 'es'
          if (!isEs && chunk.exports.join() === 'default') commonJs.add(chunk.name)
        }
      }),
      // The project's come first, as in Vite's run.
      plugins,
      resolveLate({ environment, served, refuse }),
    ],
  })
  try {
    const { output } = await bundle.generate({
      ...outputOptions,
      format: 'esm',
      sourcemap: 'hidden',
      dir: directory,
      entryFileNames: '[name].js',
    })
    for (const id of Object.keys(modules)) if (id in served) refuse(`${id} would be there twice`)
    return { outputs: output, modules, commonJs }
  } catch (error) {
    throw refusal ?? error
  } finally {
    await bundle.close()
  }
}
