import type { DevEnvironment, EnvironmentModuleNode } from 'vite'

const transformed = new WeakSet<EnvironmentModuleNode>()

/** Lets {@link wasTransformed} know of an environment's modules. */
export function watchTransforms({ moduleGraph }: DevEnvironment): void {
  const update = moduleGraph.updateModuleTransformResult.bind(moduleGraph)
  moduleGraph.updateModuleTransformResult = (module, result) => {
    if (result) transformed.add(module)
    update(module, result)
  }
}

/**
 * Whether a module has ever been transformed. Others stand for files from which a plugin made a module
 * (`this.addWatchFile()`), be it for another environment, or are imported by what nobody has asked for.
 */
export const wasTransformed = (module: EnvironmentModuleNode): boolean => transformed.has(module)
