import path from 'node:path'
import type { Rolldown } from 'vite'
import { list, readEntry } from './access-entry.ts'
import type { Listed } from './access-entry.ts'
import type { Modules } from './record.ts'
import { isServedId } from './served-modules.ts'

/** The id of the entry that {@link findAccess} adds to a bundle, for as long as it is bundled. */
export const ACCESS_ENTRY = '\0holdfast-access'

/**
 * Makes every module of a bundle one that can be imported from outside, without an output of its
 * own. An additional entry imports all bindings of all modules, so that the chunks they are in export
 * them. What the bundler makes of this entry says where each of them is; then it is removed.
 *
 * @param roots - the ids of the bundle's own entries.
 * @param found - called before the outputs are written.
 */
export function findAccess(
  roots: Iterable<string>,
  found: (context: Rolldown.PluginContext, bundle: Rolldown.OutputBundle, modules: Modules) => void,
): Rolldown.Plugin {
  let isEmitted = false
  let listed: Listed[] = []

  return {
    name: 'find-access',
    moduleParsed() {
      if (isEmitted) return
      isEmitted = true
      // Not earlier, when other entries are not resolved yet, so that it finds them as they are.
      this.emitFile({ type: 'chunk', id: ACCESS_ENTRY, name: 'access' })
    },
    resolveId(source, importer) {
      return source === ACCESS_ENTRY || importer === ACCESS_ENTRY ? { id: source } : null
    },
    load: {
      filter: { id: new RegExp(`^${ACCESS_ENTRY}$`) },
      async handler() {
        listed = list(await loadAll(this, roots))
        return listed.map(({ code }) => code).join('')
      },
    },
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const entry = chunks.find(({ facadeModuleId }) => facadeModuleId === ACCESS_ENTRY)
      if (!entry) return
      const isNeeded = chunks.some(({ imports, dynamicImports }) =>
        [...imports, ...dynamicImports].includes(entry.fileName),
      )
      if (!isNeeded) delete bundle[entry.fileName]
      const kept = chunks.filter((chunk) => chunk !== entry || isNeeded)
      const bindings = readEntry(entry, isNeeded)
      const access = new Map(listed.map((each) => [each.id, each.access(bindings)]))
      const modules: Modules = {}
      for (const { moduleIds, fileName } of kept) {
        for (const id of moduleIds) {
          if (!path.isAbsolute(id)) continue
          const own = access.get(id)
          modules[id] = { file: fileName, ...(own && { access: own }) }
        }
      }
      found(this, bundle, modules)
    },
  }
}

/** All modules that are reached from `roots` and may be asked for from outside. */
async function loadAll(
  context: Rolldown.PluginContext,
  roots: Iterable<string>,
): Promise<Rolldown.ModuleInfo[]> {
  const infos = new Map<string, Rolldown.ModuleInfo>()
  const seen = new Set<string>()
  const visit = async (id: string): Promise<void> => {
    if (seen.has(id)) return
    seen.add(id)
    const info = await context.load({ id })
    infos.set(id, info)
    const imported = [...info.importedIds, ...info.dynamicallyImportedIds]
    // What else there is are the externals, and virtual modules of plugins.
    await Promise.all(imported.filter((each) => isSource(each) || isServedId(each)).map(visit))
  }
  await Promise.all([...roots].map(visit))
  return [...infos.values()].filter(({ id }) => isSource(id))
}

const isSource = (id: string): boolean => path.isAbsolute(id) && /\.(?:[cm]?js|json)$/.test(id)
