import path from 'node:path'
import { parseSync } from 'vite'
import type { Rolldown } from 'vite'

const LANGUAGES = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx' } as const

/** Where the marks push the ids of the modules that are evaluated. */
export const EVALUATIONS = 'corpusEvaluations'

/**
 * Has each module of a dependency push its id when it is evaluated: outputs are bundled, and what
 * runs in which order inside them cannot be seen otherwise.
 *
 * The statement comes first in the module, where it runs after the module's imports have been
 * evaluated, and before what CommonJS requires.
 */
export function markEvaluations(): Rolldown.Plugin {
  return {
    name: 'corpus:mark-evaluations',
    transform: {
      filter: { id: /^(?!\0).*[\\/]node_modules[\\/].*\.[cm]?[jt]sx?$/ },
      handler(code, id) {
        const marked = mark(code, id)
        // One line stays one line: a map would only move columns.
        return marked === undefined ? null : { code: marked, map: null }
      },
    },
  }
}

/** The code with its mark, or nothing if it cannot be parsed: whoever bundles it reports that. */
export function mark(code: string, id: string): string | undefined {
  const lang = LANGUAGES[path.extname(id) as keyof typeof LANGUAGES] ?? 'jsx'
  const { program } = parseSync(id, code, { lang, sourceType: 'unambiguous' })
  if (program.body.length === 0) return undefined
  // Strict mode, and what else directives say, must stay.
  const directive = program.body.findLast((node) => 'directive' in node && node.directive)
  const at = directive?.end ?? program.hashbang?.end ?? 0
  const before = code.slice(0, at)
  const separator = directive ? ';' : program.hashbang ? '\n' : ''
  const statement = `globalThis.${EVALUATIONS}?.push(${JSON.stringify(nameOfModule(id))});`
  return before + separator + statement + code.slice(at)
}

/** The path of a module below the `node_modules` of its package, with the directory of pnpm's. */
export function nameOfModule(id: string): string {
  return id
    .replaceAll('\\', '/')
    .replace(/^.*?\/node_modules\//, '')
    .replace(/^\.pnpm\/([^/]+)\/node_modules\/(.*)$/, (_, version: string, file: string) => {
      const number = /@(\d[^_(]*)/.exec(version)?.[1]
      return number === undefined ? file : file.replace(/^(@[^/]+\/)?[^/]+/, `$&@${number}`)
    })
}
