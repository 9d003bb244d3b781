import path from 'node:path'
import * as vite from 'vite'

/** Parses a source module: as JavaScript with JSX, unless its file says that it is TypeScript. */
export function parseModule(file: string, code: string): vite.ParseResult {
  const [, lang = 'jsx'] = /\.[cm]?(tsx?)$/.exec(file) ?? []
  // By namespace: Vite 6 and 7 have no such export, and a named import would not even load there.
  return vite.parseSync(path.basename(file), code, {
    lang: lang as 'jsx' | 'ts' | 'tsx',
    sourceType: 'module',
  })
}
