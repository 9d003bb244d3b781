import path from 'node:path'
import { normalizePath, type DevEnvironment, type EnvironmentModuleNode } from 'vite'

export function modulesOf(environment: DevEnvironment, file: string): EnvironmentModuleNode[] {
  return [...(environment.moduleGraph.getModulesByFile(normalizePath(file)) ?? [])]
}

/**
 * Whether Vite's HMR in this environment takes a change of the file on to the virtual modules that
 * were made from it. It does when their `load` hook called `this.addWatchFile(file)`: import
 * analysis then makes the file's module one of their imports, on Vite 6 to 8 alike
 * (`pluginImports` in `plugins/importAnalysis.ts`).
 *
 * It stops where the file's own module accepts itself, or was imported but never loaded, for which
 * Vite has no answer yet (`propagateUpdate` in `server/hmr.ts`).
 */
export function hasLinkedCopies(environment: DevEnvironment, file: string): boolean {
  const modules = modulesOf(environment, file)
  return (
    modules.every(({ isSelfAccepting }) => isSelfAccepting === false) &&
    modules.some(({ importers }) => [...importers].some(({ id }) => id && !path.isAbsolute(id)))
  )
}

/** The file's modules that no HMR pass has taken up since. */
export function modulesBefore(
  environment: DevEnvironment,
  file: string,
  since: number,
): EnvironmentModuleNode[] {
  return modulesOf(environment, file).filter((module) => module.lastHMRTimestamp < since)
}
