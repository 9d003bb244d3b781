import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createLogger, DevEnvironment } from 'vite'
import type { EnvironmentOptions, Rolldown } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import type { DepInfo } from './vite-internals.ts'

/** The plugin that takes the options of a run that is prepared for nothing else. */
const NAME = `${PACKAGE_NAME}:setup`

export interface OptimizerSetup {
  /** As Vite gives them to Rolldown: with the project's plugins, and then its own. */
  options: Rolldown.InputOptions
  /** Of the lockfile as it is now. */
  lockfileHash: string
}

/**
 * Finds out how Vite sets up a run of the environment's optimizer, by having it prepare one: another
 * environment of the same name and config, without a server, whose optimizer is to bundle the same
 * dependencies and is stopped when it hands its options to Rolldown (`optimizeExplicitEnvironmentDeps`
 * and `prepareRolldownOptimizerRun` in `optimizer/index.ts`; read in Vite 8.0.0 and 8.3.8).
 *
 * So whatever Vite's run can take, such as TypeScript, virtual modules of the project's plugins or a
 * `require` that nobody can resolve, can be bundled late in the same way. A late bundle compared with
 * a run of Vite's:
 *
 * |                                                  | in a late bundle                               |
 * | ------------------------------------------------ | ---------------------------------------------- |
 * | options of Rolldown: platform, define, target, … | the same                                       |
 * | the project's plugins, then Vite's               | the same; two of ours come first (*)           |
 * | `input`                                          | what is added, instead of all dependencies     |
 * | options of the output                            | the same, but written by us, beside the others |
 * | `needsInterop`                                   | decided as Vite does (`interop.ts`)            |
 * | `fileHash`                                       | one that has the next run of Vite's reload     |
 *
 * (*) `find-access.ts`, as in Vite's runs, and `import-served.ts`.
 *
 * @throws {Error} if Vite does not get that far.
 */
export async function findOptimizerSetup(
  environment: DevEnvironment,
  dependencies: DepInfo[],
): Promise<OptimizerSetup> {
  let options: Rolldown.InputOptions | undefined
  const plugin: Rolldown.Plugin = {
    name: NAME,
    options(found) {
      options = found
      throw new Error('The options are all that is wanted.')
    },
  }
  // Beside the real one, as Vite's plugins write paths that are relative to it into outputs.
  const cacheDir = `${environment.config.cacheDir}-${randomUUID().slice(0, 8)}`
  const own: EnvironmentOptions & { cacheDir: string } = {
    cacheDir,
    // Without any dependency it would have no optimizer at all.
    optimizeDeps: { noDiscovery: true, include: [NAME], rolldownOptions: { plugins: [plugin] } },
  }
  const twin = new DevEnvironment(environment.name, environment.getTopLevelConfig(), {
    hot: false,
    options: own,
  })
  twin.logger = createLogger('silent')
  // Options are merged with those that there are, and this one is not to be.
  twin.config.optimizeDeps.include = dependencies.map(({ id, src }) => (isGlob(src!) ? id : src!))
  let cause: unknown
  try {
    await twin.depsOptimizer!.init()
  } catch (error) {
    cause = error
  } finally {
    rmSync(cacheDir, { recursive: true, force: true })
  }
  if (!options) throw new Error('Vite did not set up a run of its optimizer', { cause })
  const { plugins } = options
  if (!Array.isArray(plugins)) throw new Error("Vite's optimizer has no plugins")
  return {
    options: { ...options, plugins: plugins.filter((one) => !isSetup(one)) },
    lockfileHash: twin.depsOptimizer!.metadata.lockfileHash,
  }
}

/** Vite takes a path with such characters for a pattern, and looks for packages that match. */
const isGlob = (file: string): boolean => /[()[\]{}*?!]/.test(file)

/** Whether a run of the optimizer is one that is only prepared. */
export const isSetupRun = (plugins: unknown[]): boolean => plugins.some(isSetup)

const isSetup = (plugin: unknown): boolean => (plugin as { name?: unknown } | null)?.name === NAME
