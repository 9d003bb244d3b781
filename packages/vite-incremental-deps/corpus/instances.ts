import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Source modules that are inside two outputs, told by the outputs' own source maps: what the plugin
 * says of itself proves nothing.
 */
export function bundledTwice(depsDirectory: string): string[] {
  const outputs = new Map<string, string[]>()
  for (const name of readdirSync(depsDirectory)) {
    // Whoever removes an output may leave its map.
    if (!name.endsWith('.js.map') || !existsSync(path.join(depsDirectory, name.slice(0, -4))))
      continue
    const map = JSON.parse(readFileSync(path.join(depsDirectory, name), 'utf8')) as {
      sources: string[]
    }
    for (const source of new Set(map.sources)) {
      if (!source.includes('node_modules')) continue
      const id = path.resolve(depsDirectory, source)
      outputs.set(id, [...(outputs.get(id) ?? []), name.slice(0, -4)])
    }
  }
  return [...outputs]
    .filter(([, names]) => names.length > 1)
    .map(
      ([id, names]) => `${id.slice(id.lastIndexOf('node_modules/') + 13)} in ${names.join(', ')}`,
    )
}

/** Optimized files that were evaluated under two URLs. */
export function evaluatedTwice(ids: string[]): string[] {
  const files = new Map<string, Set<string>>()
  for (const id of ids) {
    const file = id.replace(/\?.*$/, '')
    files.set(file, (files.get(file) ?? new Set()).add(id))
  }
  return [...files]
    .filter(([, urls]) => urls.size > 1)
    .map(([file, urls]) => {
      const queries = [...urls].map((url) => url.slice(file.length))
      return `${path.basename(file)} as ${queries.join(' and ')}`
    })
}
