import path from 'node:path'
import { normalizePath } from 'vite'
import type { DevEnvironment, Environment, EnvironmentModuleNode, Plugin } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { discoveringOptimizer, isKnown } from './vite-internals.ts'

/** How many importers are told of, the nearest first. */
const DEPTH = 5

/** As Vite tells the name of a package from a path (`bareImportRE` in `utils.ts`). */
const BARE = /^(?![a-zA-Z]:)[\w@](?!.*:\/\/)/

/** By environment, the module that was the first to import each id that is not known yet. */
const importers = new WeakMap<Environment, Map<string, string>>()

/** Remembers who imports what: Vite's optimizer is given only what. */
export const importersPlugin: Plugin = {
  name: `${PACKAGE_NAME}:importers`,
  enforce: 'pre',
  apply: 'serve',
  resolveId: {
    order: 'pre',
    filter: { id: BARE },
    handler(id, importer) {
      if (!importer || !BARE.test(id)) return
      const optimizer = discoveringOptimizer(this.environment as DevEnvironment)
      if (!optimizer || isKnown(optimizer, id)) return
      let known = importers.get(this.environment)
      if (!known) importers.set(this.environment, (known = new Map()))
      if (!known.has(id)) known.set(id, importer)
    },
  },
}

/** Takes out who was the first to import `id`, as an id of the environment's module graph. */
export function takeImporter(environment: DevEnvironment, id: string): string | undefined {
  const known = importers.get(environment)
  const importer = known?.get(id)
  known?.delete(id)
  return importer
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
