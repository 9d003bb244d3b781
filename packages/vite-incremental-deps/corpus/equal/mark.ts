import path from 'node:path'
import { parseSync } from 'vite'
import type { ESTree, Rolldown } from 'vite'

const LANGUAGES = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx' } as const

/** The global array to which modules push their names when they are evaluated. */
export const EVALUATIONS = 'corpusEvaluations'

/**
 * Adds a mark to each module of a dependency: a statement that records the module's evaluation.
 * Outputs are bundles, so their modules cannot be told apart from outside.
 *
 * The mark is the first statement. ES modules run it after their imports, CommonJS before its
 * `require` calls. A module that the bundler drops because of `sideEffects` is dropped with its mark.
 */
export function markEvaluations(): Rolldown.Plugin {
  return {
    name: 'corpus:mark-evaluations',
    transform: {
      filter: { id: /^(?!\0).*[\\/]node_modules[\\/].*\.[cm]?[jt]sx?$/ },
      handler(code, id) {
        const marked = mark(code, id)
        // No line moves, so a map would only shift columns.
        return marked === undefined ? null : { code: marked, map: null }
      },
    },
  }
}

/**
 * The code with its mark. Nothing if it cannot be parsed, which the bundler reports, or if the module
 * only imports and exports: there is nothing to evaluate, and whether the bundler keeps a mark there
 * changes from run to run.
 */
export function mark(code: string, id: string): string | undefined {
  const lang = LANGUAGES[path.extname(id) as keyof typeof LANGUAGES] ?? 'jsx'
  const { program } = parseSync(id, code, { lang, sourceType: 'unambiguous' })
  if (program.body.every(isWithoutCode)) return undefined
  // Directives count only before the first statement.
  const directive = program.body.findLast((node) => 'directive' in node && node.directive)
  const at = directive?.end ?? program.hashbang?.end ?? 0
  const before = code.slice(0, at)
  const separator = directive ? ';' : program.hashbang ? '\n' : ''
  const statement = `globalThis.${EVALUATIONS}?.push(${JSON.stringify(nameOfModule(id))});`
  return before + separator + statement + code.slice(at)
}

const isWithoutCode = (node: ESTree.Statement): boolean =>
  node.type === 'ImportDeclaration' ||
  node.type === 'ExportAllDeclaration' ||
  (node.type === 'ExportNamedDeclaration' && !node.declaration)

/** The path of a module below `node_modules`; pnpm's directory becomes `@version`. */
export function nameOfModule(id: string): string {
  return id
    .replaceAll('\\', '/')
    .replace(/^.*?\/node_modules\//, '')
    .replace(/^\.pnpm\/([^/]+)\/node_modules\/(.*)$/, (_, version: string, file: string) => {
      const number = /@(\d[^_(]*)/.exec(version)?.[1]
      return number === undefined ? file : file.replace(/^(@[^/]+\/)?[^/]+/, `$&@${number}`)
    })
}
