import path from 'node:path'
import {
  normalizePath,
  type DevEnvironment,
  type EnvironmentModuleNode,
  type FullReloadPayload,
  type UpdatePayload,
} from 'vite'

/** What an environment was sent by Vite's HMR, its optimizer or a plugin. */
export interface Message {
  environment: DevEnvironment
  payload: FullReloadPayload | UpdatePayload
}

/** Whether this one of the messages of a tick calls for a reload of the target's runner. */
export function asksForReload(
  { environment, payload }: Message,
  target: DevEnvironment,
  sources: Set<DevEnvironment>,
  messages: Message[],
): boolean {
  if (payload.type === 'update') return false
  const file = payload.triggeredBy
  const ofTarget = messages.filter((message) => message.environment === target)
  if (sources.has(environment)) {
    // A framework may send a source's reload on by itself, as RedwoodSDK does.
    if (file === undefined) return !ofTarget.some((message) => message.payload === payload)
    return (
      !hasLinkedCopies(target, file) || !ofTarget.some(({ payload: { type } }) => type === 'update')
    )
  }
  // The target's own HMR has come to the end of the graph on behalf of a source's file. The runner
  // knows the copies by virtual ids and ignores a reload that is triggered by any other file.
  return (
    environment === target &&
    file !== undefined &&
    hasLinkedCopies(target, file) &&
    [...sources].some((source) => modulesOf(source, file).length > 0) &&
    !messages.some((message) => sources.has(message.environment) && message.payload === payload)
  )
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
function hasLinkedCopies(environment: DevEnvironment, file: string): boolean {
  const modules = modulesOf(environment, file)
  return (
    modules.every(({ isSelfAccepting }) => isSelfAccepting === false) &&
    modules.some(({ importers }) => [...importers].some(({ id }) => id && !path.isAbsolute(id)))
  )
}

function modulesOf(environment: DevEnvironment, file: string): EnvironmentModuleNode[] {
  return [...(environment.moduleGraph.getModulesByFile(normalizePath(file)) ?? [])]
}
