import path from 'node:path'
import { normalizePath } from 'vite'
import type { DevEnvironment } from 'vite'
import type { Source } from './remembered.ts'

/** A name in a package, in which no part leads out of it. */
const NAME = /^(?![a-zA-Z]:)[\w@](?!.*:\/\/)(?!.*(?:^|\/)\.\.?(?:\/|$))/

/** `OPTIMIZABLE_ENTRY_RE` in Vite's `constants.ts`. */
const SCRIPT = /\.[cm]?[jt]s$/

/**
 * Resolves a remembered dependency as the environment does now.
 *
 * First for the module that imported it, as a linked package may have a dependency that is not there
 * for the root, or another one.
 *
 * @returns `undefined` if it cannot be resolved, or to nothing that Vite optimizes.
 */
export async function resolveAgain(
  environment: DevEnvironment,
  id: string,
  { importer }: Source,
): Promise<string | undefined> {
  if (!NAME.test(id)) return undefined
  const importers = importer !== undefined && isOfProject(environment, importer) ? [importer] : []
  for (const from of [...importers, undefined]) {
    const file = await resolve(environment, id, from)
    if (file !== undefined) return isOptimized(environment, id, file) ? file : undefined
  }
  return undefined
}

async function resolve(
  { pluginContainer }: DevEnvironment,
  id: string,
  importer: string | undefined,
): Promise<string | undefined> {
  // Without the optimizer, which would take it for an import.
  const options = { scan: true } as object
  try {
    const resolved = await pluginContainer.resolveId(id, importer, options)
    return resolved && !resolved.external && path.isAbsolute(resolved.id) ? resolved.id : undefined
  } catch {
    // For example a package that does not export it any more.
    return undefined
  }
}

/** As the scan decides (`rolldownScanPlugin`). */
function isOptimized({ config }: DevEnvironment, id: string, file: string): boolean {
  const { exclude = [], extensions = [] } = config.optimizeDeps
  return (
    !exclude.some((each) => id === each || id.startsWith(`${each}/`)) &&
    normalizePath(file).includes('/node_modules/') &&
    (SCRIPT.test(file) || extensions.some((extension) => file.endsWith(extension)))
  )
}

/** Whether Vite may serve the file: what is elsewhere says nothing of this project. */
function isOfProject({ config }: DevEnvironment, file: string): boolean {
  return config.server.fs.allow.some((allowed) => {
    const relative = path.relative(allowed, file)
    return !relative.startsWith('..') && !path.isAbsolute(relative)
  })
}
