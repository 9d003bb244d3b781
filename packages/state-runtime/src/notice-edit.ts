import { message } from './message.ts'
import type { Entry } from './shared.ts'

// The same source does not always have the same text. What to overlook, in this order:
// - Vite's names for imports, `(0,__vite_ssr_import_3__.createStore)` in server environments and
//   `__vite__cjsImport3_react` in browsers: the number moves with any import added above, and the
//   copy in a pre-bundled dependency has no such name at all
//   https://github.com/vitejs/vite/blob/main/packages/vite/src/node/ssr/ssrTransform.ts
// - white space and comments;
// - the suffix by which bundlers keep names apart, `store$1`;
// - the queries that Vite adds to the specifiers of dynamic imports.
const noise =
  /\(0,\s*\w+_import_\d+__\.([\w$]+)\)|\w+_import_\d+__\.|cjsImport\d+|\s+(\/\/.*)?|\/\*[^]*?\*\/|\$\d+|[?&]([tv]=\w+|import\b)/g

/**
 * Keeps account of the definitions of a value, and warns, once for each text, when `initializer` is
 * not the one that made it.
 */
export function noticeEdit(key: string, entry: Entry, initializer: () => unknown): void {
  entry.since ??= Date.now()
  const text = String(initializer).replace(noise, '$1')
  const texts = (entry.texts ??= new Set())
  entry.defines = 1 + (entry.defines ?? 0)
  if (texts.size && !texts.has(text)) {
    console.warn(
      message(`"${key}" keeps its value, but has a new initializer; restart or change { version }`),
    )
  }
  texts.add(text)
}
