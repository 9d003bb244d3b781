import type { DevEnvironment } from 'vite'

/**
 * Transforms the outputs that a module imports, and those that they import, while the answer with
 * that module is under way to the runner, which asks for one after the other. They are more than
 * Vite's own, and each would be another wait.
 *
 * `dev.preTransformRequests` does that for all modules, and must not here: a runner keeps a module
 * that an edit has changed if it is transformed again before the runner asks for it (`invalidate` in
 * `ssr/fetchModule.ts`). Outputs do not change.
 */
export function transformAhead(environment: DevEnvironment): void {
  const { moduleGraph } = environment
  const depsOptimizer = environment.depsOptimizer!
  const fetchModule = environment.fetchModule.bind(environment)

  const visit = async (url: string): Promise<void> => {
    const module = moduleGraph.urlToModuleMap.get(url)
    if (!module?.id || module.transformResult || !depsOptimizer.isOptimizedDepFile(module.id))
      return
    // The runner is told of an error when it asks.
    const result = await environment.transformRequest(url).catch(() => null)
    for (const each of result?.deps ?? []) void visit(each)
  }

  environment.fetchModule = async (...args) => {
    const fetched = await fetchModule(...args)
    const module = 'id' in fetched ? moduleGraph.getModuleById(fetched.id) : undefined
    for (const each of module?.transformResult?.deps ?? []) void visit(each)
    return fetched
  }
}
