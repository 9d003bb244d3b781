import path from 'node:path'
import { normalizePath } from 'vite'
import type { DevEnvironment, EnvironmentModuleNode } from 'vite'

/** How many importers are told of, the nearest first. */
const DEPTH = 5

/**
 * Calls `onResolved` with what each import is resolved to, and for whom: Vite's optimizer is given
 * only what. Several modules may import the same id and mean different files, so that the importer of
 * a dependency is one whose import was resolved to that very one.
 *
 * Not by the async context in which the optimizer is called: Vite 8 resolves in Rust.
 */
export function watchImports(
  { pluginContainer }: DevEnvironment,
  onResolved: (id: string, importer: string) => void,
): void {
  const resolveId = pluginContainer.resolveId.bind(pluginContainer)
  pluginContainer.resolveId = async (id, importer, ...rest) => {
    const resolved = await resolveId(id, importer, ...rest)
    if (resolved && importer !== undefined) onResolved(resolved.id, importer)
    return resolved
  }
}

/** The module and, as far as the graph knows by now, by whom that one came in, and so on. */
export function importerChain(environment: DevEnvironment, importer: string): string[] {
  const { config, moduleGraph } = environment
  const chain = [importer]
  const seen = new Set<EnvironmentModuleNode>()
  let module = moduleGraph.getModuleById(importer)
  while (module && chain.length < DEPTH) {
    seen.add(module)
    module = [...module.importers].find((one) => !seen.has(one))
    if (module) chain.push(module.id ?? module.url)
  }
  return chain.map((id) => readable(id, config.root))
}

/** As one looks for it in the project: relative to its root, without what plugins put into ids. */
function readable(id: string, root: string): string {
  const [file = id] = id.replace(/^\0/, '').split('?')
  return path.isAbsolute(file) ? normalizePath(path.relative(root, file)) : file
}
