import { readFileSync } from 'node:fs'
import { parseModule } from './parse-module.ts'

/**
 * Whether those who import a dependency have to be written for CommonJS, as Vite decides it
 * (`extractExportsData` and `needsInterop` in `optimizer/index.ts`).
 *
 * @param src - the file that the dependency was resolved to, whatever a plugin makes of that.
 * @param exports - the names that its output exports.
 */
export function needsInterop(src: string, exports: string[]): boolean {
  const { hasModuleSyntax, staticExports } = parseModule(src, readFileSync(src, 'utf8')).module
  if (!hasModuleSyntax) return true
  const names = staticExports.flatMap(({ entries }) =>
    entries.map(({ exportName: { kind, name } }) => (kind === 'Default' ? 'default' : name)),
  )
  return isDefaultAlone(exports) && !isDefaultAlone(names.filter((name) => name !== null))
}

const isDefaultAlone = (names: string[]): boolean => names.join() === 'default'
