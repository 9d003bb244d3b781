import type { Rolldown } from 'vite'
import { list, moduleOfImport, readEntries } from './access-entry.ts'
import type { Listed } from './access-entry.ts'
import { findEffects, homeOf } from './homes.ts'
import { isShared, ModuleGraph } from './module-graph.ts'
import type { Modules } from './record.ts'

const ENTRY = '\0holdfast-access:'

/**
 * Makes every module of a bundle one that can be imported from outside, without an output of its
 * own. For each package one more entry imports all bindings of all its modules, so that the chunks
 * they are in export them. What the bundler makes of these entries says where each binding is; then
 * they are removed.
 *
 * That there is one for each package keeps packages apart: what is in a chunk is evaluated together,
 * and importing one package must not evaluate another that happened to be bundled with it.
 *
 * @param inputs - the bundle's own entries, as they are given to the bundler.
 * @param found - called before the outputs are written.
 */
export function findAccess(
  inputs: string[],
  found: (context: Rolldown.PluginContext, bundle: Rolldown.OutputBundle, modules: Modules) => void,
): Rolldown.Plugin {
  const graph = new ModuleGraph()
  const packages = new Set<string>()
  let effects = new Map<string, string>()
  let listed: Promise<Listed[]> | undefined

  const listAll = async (context: Rolldown.PluginContext): Promise<Listed[]> => {
    for (const input of inputs) {
      const entry = await context.resolve(input, undefined, { isEntry: true })
      if (entry && !entry.external) graph.expect(entry.id)
    }
    const infos = await graph.complete(context)
    effects = await findEffects(infos, context)
    new Set(effects.values()).forEach((home) => emit(context, home))
    return list(infos)
  }

  return {
    name: 'find-access',
    moduleParsed(info) {
      graph.parsed(info)
      if (!isShared(info.id)) return
      const home = homeOf(info.id)
      if (packages.has(home)) return
      packages.add(home)
      emit(this, home)
    },
    resolveId: {
      // Else it would be called for each import in a bundle.
      filter: { id: /^\0holdfast-(?:access|module):/ },
      handler: (source) => ({ id: moduleOfImport(source) ?? source }),
    },
    load: {
      // Files cannot but be loaded.
      filter: { id: { exclude: /^(?:\/|[a-zA-Z]:)/ } },
      async handler(id) {
        if (!id.startsWith(ENTRY)) {
          graph.expectVirtual(id)
          return null
        }
        listed ??= listAll(this)
        const own = (await listed).filter(
          (one) => id === ENTRY + (effects.get(one.id) ?? homeOf(one.id)),
        )
        return own.map(({ code }) => code).join('')
      },
    },
    async generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const entries = new Set(chunks.filter(isAccessEntry))
      const kept = withImports(
        chunks.filter((chunk) => !entries.has(chunk)),
        bundle,
      )
      const files = new Set([...kept].map(({ fileName }) => fileName))
      const bindings = readEntries(entries, files)
      for (const { fileName } of entries) if (!files.has(fileName)) delete bundle[fileName]

      const access = new Map<string, ReturnType<Listed['access']>>()
      for (const each of (await listed) ?? []) access.set(each.id, each.access(bindings))
      const modules: Modules = {}
      for (const { moduleIds, fileName } of kept) {
        for (const id of moduleIds) {
          if (!isShared(id)) continue
          const own = access.get(id)
          modules[id] = { file: fileName, ...(own && { access: own }) }
        }
      }
      found(this, bundle, modules)
    },
  }
}

function emit(context: Rolldown.PluginContext, home: string): void {
  context.emitFile({ type: 'chunk', id: ENTRY + home, name: 'access' })
}

/** One that is still there in the end has others merged into it. */
export const isAccessEntry = ({ facadeModuleId }: Rolldown.OutputChunk): boolean =>
  facadeModuleId?.startsWith(ENTRY) ?? false

/** The chunks, and what they import: an entry that others were merged into is needed. */
function withImports(
  chunks: Rolldown.OutputChunk[],
  bundle: Rolldown.OutputBundle,
): Set<Rolldown.OutputChunk> {
  const all = new Set(chunks)
  // What is added while it goes on is visited too.
  for (const { imports, dynamicImports } of all) {
    for (const fileName of [...imports, ...dynamicImports]) {
      const imported = bundle[fileName]
      if (imported?.type === 'chunk') all.add(imported)
    }
  }
  return all
}
