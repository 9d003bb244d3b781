import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** The packages of which an output has modules; none where it has no source map. */
export async function packagesIn(file: string): Promise<string[]> {
  return [...new Set((await sourcesOf(file)).flatMap((source) => packageAt(source) ?? []))]
}

/** The files that an output was made from; none where it has no source map. */
export async function sourcesOf(file: string): Promise<string[]> {
  const text = await readFile(`${file}.map`, 'utf8').catch(() => '{}')
  const { sources = [] } = JSON.parse(text) as { sources?: string[] }
  return sources.map((source) => path.posix.join(path.posix.dirname(file), source))
}

/** The package that a file lies in, by the last `node_modules` of its path. */
function packageAt(source: string): string | undefined {
  const [, name] = /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source) ?? []
  return name
}
