import type { Rolldown } from 'vite'
import type { Modules } from './record.ts'
import { codeOfServed, isServedId, outputOfImport, servedId, sourceOf } from './served-modules.ts'
import { hasSideEffects } from './side-effects.ts'

/** What Rolldown's own resolver adds, by which it finds `sideEffects`. */
type Resolved = Rolldown.ResolvedId & { packageJsonPath?: string }

/**
 * Has a bundle import the modules that are inside served outputs from there. It must come before all
 * other plugins: whichever of them resolves an import, and to what, counts.
 *
 * Those imports are relative, without `?v=`: Vite adds it when it serves the file, so that no hash
 * is ever written down, and leaves relative imports between optimized files without interop.
 *
 * @param served - what is inside served outputs.
 * @param imported - has the ids added that are imported from there.
 * @param refuse - throws.
 */
export function importServed(
  served: Modules,
  imported: Set<string>,
  refuse: (reason: string) => never,
): Rolldown.Plugin {
  return {
    name: 'import-served',
    async resolveId(source, importer, options) {
      const output = outputOfImport(source)
      // Left as it is: all outputs are in one directory.
      if (output) return { id: `./${output}`, external: 'absolute' }
      const isStandIn = importer !== undefined && isServedId(importer)
      const from = importer && sourceOf(importer)
      const resolved: Resolved | null = await this.resolve(source, from, {
        ...options,
        skipSelf: true,
      })
      if (!resolved || resolved.external || !(resolved.id in served)) {
        // To the others it is as if nobody had asked; but none of them knows a stand-in.
        return isStandIn ? resolved : null
      }
      const { id, moduleSideEffects, packageJsonPath } = resolved
      return {
        id: servedId(id),
        moduleSideEffects:
          moduleSideEffects ?? (packageJsonPath ? hasSideEffects(id, packageJsonPath) : true),
      }
    },
    load(id) {
      if (!isServedId(id)) return null
      const source = sourceOf(id)
      imported.add(source)
      const { file, access } = served[source]!
      if (access) return { code: codeOfServed({ file, access }), moduleType: 'js' }
      return refuse(`${source} is inside an output and cannot be imported from there`)
    },
  }
}
