import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createFilter } from 'vite'

/**
 * Whether a module is to be evaluated when nothing of it is used, by the manifest of its package
 * (`sideEffects`, https://webpack.js.org/guides/tree-shaking/).
 *
 * @param manifest - the path of the package's `package.json`.
 */
export function hasSideEffects(id: string, manifest: string): boolean {
  return filterOf(manifest)(id)
}

/** The same for many modules, each by the nearest manifest, as the bundler's resolver finds it. */
export class SideEffects {
  readonly #manifests = new Map<string, string | undefined>()
  readonly #filters = new Map<string, (id: string) => boolean>()

  /** Nothing where no manifest is found. */
  of(id: string): boolean | undefined {
    const manifest = path.isAbsolute(id) ? this.#manifestOf(path.dirname(id)) : undefined
    if (manifest === undefined) return undefined
    let filter = this.#filters.get(manifest)
    if (!filter) this.#filters.set(manifest, (filter = filterOf(manifest)))
    return filter(id)
  }

  #manifestOf(directory: string): string | undefined {
    if (this.#manifests.has(directory)) return this.#manifests.get(directory)
    const file = path.join(directory, 'package.json')
    const parent = path.dirname(directory)
    const above = (): string | undefined =>
      parent === directory ? undefined : this.#manifestOf(parent)
    const found = existsSync(file) ? file : above()
    this.#manifests.set(directory, found)
    return found
  }
}

function filterOf(manifest: string): (id: string) => boolean {
  const { sideEffects } = JSON.parse(readFileSync(manifest, 'utf8')) as { sideEffects?: unknown }
  if (!Array.isArray(sideEffects)) return () => sideEffects !== false
  const patterns = sideEffects.map((one) => {
    const pattern = String(one)
    return pattern.includes('/') ? pattern : `**/${pattern}`
  })
  // Without a pattern the filter lets everything through.
  if (patterns.length === 0) return () => false
  return createFilter(patterns, [], { resolve: path.dirname(manifest) })
}
