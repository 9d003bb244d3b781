import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createFilter } from 'vite'

/**
 * Whether a module is to be evaluated when nothing of it is used, by the manifest of its package
 * (`sideEffects`, https://webpack.js.org/guides/tree-shaking/).
 *
 * @param manifest - the path of the package's `package.json`.
 */
export function hasSideEffects(id: string, manifest: string): boolean {
  const { sideEffects } = JSON.parse(readFileSync(manifest, 'utf8')) as { sideEffects?: unknown }
  if (!Array.isArray(sideEffects)) return sideEffects !== false
  const patterns = sideEffects.map((one) => {
    const pattern = String(one)
    return pattern.includes('/') ? pattern : `**/${pattern}`
  })
  // Without a pattern the filter lets everything through.
  return patterns.length > 0 && createFilter(patterns, [], { resolve: path.dirname(manifest) })(id)
}
