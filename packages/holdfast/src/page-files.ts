import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  type: string
  content: Buffer
}

// The same from `src` and from `dist`.
const directory = fileURLToPath(new URL('../dist/page', import.meta.url))

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** All files of the built page, by their paths. */
export async function readPageFiles(): Promise<Map<string, PageFile>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async ({ name, parentPath }): Promise<[string, PageFile]> => {
      const file = path.join(parentPath, name)
      const type = types[path.extname(name)] ?? 'application/octet-stream'
      return [
        path.relative(directory, file).replaceAll(path.sep, '/'),
        { type, content: await readFile(file) },
      ]
    })
  return new Map(await Promise.all(files))
}
