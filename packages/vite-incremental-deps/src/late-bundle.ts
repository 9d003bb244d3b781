import path from 'node:path'
import type { DevEnvironment, Rolldown } from 'vite'
import { RECORD_PLUGIN } from './constants.ts'
import { findAccess } from './find-access.ts'
import { importServed } from './import-served.ts'
import { needsInterop } from './interop.ts'
import type { Modules } from './record.ts'
import { fileTime } from './stamps.ts'
import { depsDirectory, loadRolldown } from './vite-internals.ts'
import type { DepInfo } from './vite-internals.ts'

/** Why a dependency cannot be added; Vite's own way still can. */
export class CannotAdd extends Error {}

export interface LateBundle {
  outputs: (Rolldown.OutputChunk | Rolldown.OutputAsset)[]
  /** What is inside the outputs. */
  modules: Modules
  /** The ids of modules that are imported from served outputs. */
  imported: Set<string>
  /** Of the ids of the dependencies, those whose importers have to be written for CommonJS. */
  needsInterop: Set<string>
  /** The time of files when it began. */
  startedAt: number
}

/**
 * Bundles dependencies as a run of Vite's optimizer would, but against what is served already: a
 * module that is inside a served output is imported from there, never bundled again.
 *
 * @param options - of a run of Vite's.
 * @throws {CannotAdd} if that would make a second instance of a module.
 * @throws {Error} Rolldown's, if a dependency has a fault.
 */
export async function bundleLate(
  environment: DevEnvironment,
  options: Rolldown.InputOptions,
  infos: DepInfo[],
  served: Modules,
): Promise<LateBundle> {
  const directory = depsDirectory(environment)
  const startedAt = fileTime(directory)
  const plugins = options.plugins as Rolldown.Plugin[]
  const imported = new Set<string>()
  let modules: Modules = {}
  // Rolldown wraps what a plugin throws.
  let refusal: CannotAdd | undefined
  const refuse = (reason: string): never => {
    throw (refusal ??= new CannotAdd(reason))
  }

  const input = Object.fromEntries(
    infos.map(({ file, src }) => [path.posix.basename(file, '.js'), path.resolve(src!)]),
  )
  const { rolldown } = await loadRolldown()
  const bundle = await rolldown({
    ...options,
    input,
    plugins: [
      findAccess(Object.values(input), (_context, _bundle, found) => {
        modules = found
      }),
      importServed(served, imported, refuse),
      ...plugins.filter((plugin) => plugin?.name !== RECORD_PLUGIN),
    ],
  })
  try {
    const { output } = await bundle.generate({
      ...environment.config.optimizeDeps.rolldownOptions?.output,
      // As Vite writes its own.
      format: 'esm',
      sourcemap: 'hidden',
      dir: directory,
      entryFileNames: '[name].js',
    })
    for (const id of Object.keys(modules)) if (id in served) refuse(`${id} would be there twice`)
    const { needsInterop: configured = [] } = environment.config.optimizeDeps
    const exports = new Map(
      output.map((one) => [one.fileName, 'exports' in one ? one.exports : []]),
    )
    const commonJs = infos.filter(
      ({ id, file, src }) =>
        configured.includes(id) || needsInterop(src!, exports.get(path.posix.basename(file)) ?? []),
    )
    return {
      outputs: output,
      modules,
      imported,
      needsInterop: new Set(commonJs.map(({ id }) => id)),
      startedAt,
    }
  } catch (error) {
    throw refusal ?? error
  } finally {
    await bundle.close()
  }
}
