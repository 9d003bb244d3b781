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
 * effects is in a chunk of its own, with what it imports of its package. Not so where CommonJS of
 * another package comes first: that is evaluated by a call inside of the chunk.
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
  /** Whether a module is, or leads to, one of another package that is of the format. */
  const leadsTo = (id: string, from: string, isEs: boolean, seen = new Set<string>()): boolean => {
    const info = byId.get(id)
    if (!info || seen.has(id)) return false
    seen.add(id)
    if (homeOf(id) !== from) return (info.format === 'es') === isEs
    return info.importedIds.some((imported) => leadsTo(imported, from, isEs, seen))
  }
  for (const info of infos) {
    const imports = importsOf(info)
    if (!imports.some(isForEffects)) continue
    const home = homeOf(info.id)
    const ids = await Promise.all(
      imports.map(async ({ specifier }) => (await context.resolve(specifier, info.id))?.id ?? ''),
    )
    for (const [index, one] of imports.entries()) {
      if (!isForEffects(one)) continue
      const isTooLate = ids.slice(index + 1).some((id) => leadsTo(id, home, true))
      const isTooEarly = ids.slice(0, index).some((id) => leadsTo(id, home, false))
      if (isTooLate && !isTooEarly) put(ids[index]!, `${home}#${ids[index]}`)
    }
  }
  return homes
}

interface Import {
  specifier: string
  /** Whether nothing of the module is imported by it. */
  isBare: boolean
}

/** Of a module of the same package, as far as one can tell. */
const isForEffects = ({ isBare, specifier }: Import): boolean => isBare && specifier.startsWith('.')

/** What a module of a package imports, in order; nothing if none of it is for its effects. */
function importsOf({ id, format, code }: ParsedModule): Import[] {
  if (format !== 'es' || packageOf(id) === undefined) return []
  const source = code()
  // Parsing all modules would take too long.
  if (!/\bimport\s*["']\./.test(source)) return []
  const { staticExports, staticImports } = parseModule(id, source).module
  const imports = staticImports.map(({ entries, moduleRequest: { start, value } }) => ({
    start,
    specifier: value,
    isBare: entries.length === 0,
  }))
  const reexports = staticExports
    .flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest))
    .filter((request) => request !== null)
    .map(({ start, value }) => ({ start, specifier: value, isBare: false }))
  return [...imports, ...reexports].toSorted((a, b) => a.start - b.start)
}
