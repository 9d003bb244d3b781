import path from 'node:path'
import type { Rolldown } from 'vite'
import type { ParsedModule } from './module-graph.ts'
import { packageOf } from './packages.ts'
import { parseModule } from './parse-module.ts'

/** What is apart from the rest by default: a package, or a virtual module. */
export const homeOf = (id: string): string => packageOf(id) ?? (path.isAbsolute(id) ? '' : id)

/**
 * Finds what else is to be apart, as it has to be evaluated before other packages are.
 *
 *     import './polyfill.js'
 *     import 'other-package'
 *
 * Packages are in chunks of their own, and what a chunk imports is evaluated before it: with the rest
 * of its package the polyfill would come too late. So a module that is imported for nothing but its
 * effects is in a chunk of its own, with what it imports of its package.
 *
 * @returns homes by module, for those that are not in their default one.
 */
export async function findEffects(
  infos: ParsedModule[],
  context: Rolldown.PluginContext,
): Promise<Map<string, string>> {
  const byId = new Map(infos.map((info) => [info.id, info]))
  const homes = new Map<string, string>()
  const put = (id: string, home: string): void => {
    const info = byId.get(id)
    if (!info || homes.has(id) || !home.startsWith(`${homeOf(id)}#`)) return
    homes.set(id, home)
    for (const imported of info.importedIds) put(imported, home)
  }
  for (const info of infos) {
    for (const specifier of effectsOf(info)) {
      const resolved = await context.resolve(specifier, info.id)
      if (resolved && packageOf(resolved.id)) put(resolved.id, `${homeOf(resolved.id)}#${resolved.id}`)
    }
  }
  return homes
}

/** What a module imports of its own package for nothing but its effects. */
function effectsOf({ id, format, code }: ParsedModule): string[] {
  if (format !== 'es' || packageOf(id) === undefined) return []
  const source = code()
  // Parsing all modules would take too long.
  if (!/\bimport\s*["']\./.test(source)) return []
  const { staticImports } = parseModule(id, source).module
  return staticImports
    .filter(({ entries }) => entries.length === 0)
    .map(({ moduleRequest }) => moduleRequest.value)
    .filter((specifier) => specifier.startsWith('.'))
}
