import type { DevEnvironment, EnvironmentModuleNode, TransformResult } from 'vite'

/**
 * Transforms the outputs that a module imports, and those that they import, while the answer with
 * that module is under way to the runner, which asks for one after the other. They are more than
 * Vite's own, and each would be another wait for a transform.
 *
 * Only those that no runner can have: it keeps a module that was invalidated if that is transformed
 * again before it asks (`cached` in `ssr/fetchModule.ts`). So `dev.preTransformRequests`, which does
 * the like for all modules, leaves it with what an edit has changed.
 */
export function transformAhead(environment: DevEnvironment): void {
  const { moduleGraph } = environment
  const depsOptimizer = environment.depsOptimizer!
  const fetchModule = environment.fetchModule.bind(environment)
  const seen = new WeakSet<EnvironmentModuleNode>()

  const visit = async (url: string): Promise<void> => {
    const module = moduleGraph.urlToModuleMap.get(url)
    if (!module || seen.has(module)) return
    if (!module.id || !depsOptimizer.isOptimizedDepFile(module.id) || !isNew(module)) return
    seen.add(module)
    try {
      visitImports(await environment.transformRequest(url))
    } catch {
      // The runner is told when it asks.
    }
  }

  const visitImports = (result: TransformResult | null | undefined): void => {
    for (const url of result?.deps ?? []) void visit(url)
  }

  environment.fetchModule = async (...args) => {
    const fetched = await fetchModule(...args)
    if ('id' in fetched) visitImports(moduleGraph.getModuleById(fetched.id)?.transformResult)
    return fetched
  }
}

/** Whether a module has never been transformed. */
function isNew(module: EnvironmentModuleNode): boolean {
  const { lastHMRTimestamp, lastInvalidationTimestamp, transformResult } = module
  return !transformResult && lastHMRTimestamp === 0 && lastInvalidationTimestamp === 0
}
