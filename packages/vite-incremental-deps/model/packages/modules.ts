/**
 * Source of generated modules. Each exports `show()`, which returns what the module is and what it
 * runs on, so that a page names every module behind it:
 *
 *     { mark: 'core@1.0.0#0000/index.js', instance: 4, parts: { inner: { … } } }
 */

/** Which content of a package a module belongs to. */
export interface Content {
  /** Where it is: the package's name, or `parent>name` for a nested one. */
  place: string
  version: string
  /** 0 as published; another number for each edit on this machine. */
  revision: number
}

/** The same length for every version and edit, so that a file's size says nothing. */
export const generationOf = ({ version, revision }: Omit<Content, 'place'>): string =>
  `${version}#${String(revision).padStart(4, '0')}`

export const markOf = (content: Content, file: string): string =>
  `${content.place}@${generationOf(content)}/${file}`

/** The start of a module that only evaluates what it must. */
interface Source {
  /** Specifiers by the name under which `show()` gives what they show. */
  imports?: Record<string, string>
  /** Expressions by the name under which `show()` gives their value. */
  values?: Record<string, string>
  /** Statements before everything else. */
  head?: string
}

/** An ES module. */
export function esModule(content: Content, file: string, source: Source = {}): string {
  return [
    ...Object.entries(source.imports ?? {}).map(
      ([name, specifier]) => `import { show as ${name} } from '${specifier}'`,
    ),
    ...bodyOf(source, 'export const show =', markOf(content, file)),
    // For modules in a cycle, where all of it would have no end.
    `export const brief = () => ({ mark: '${markOf(content, file)}:brief', instance })`,
    'export default show\n',
  ].join('\n')
}

/** A CommonJS module; with `isInterop` one that a compiler has made of an ES module. */
export function commonJsModule(
  content: Content,
  file: string,
  { isInterop = false, ...source }: Source & { isInterop?: boolean } = {},
): string {
  return [
    ...(isInterop ? [`Object.defineProperty(exports, '__esModule', { value: true })`] : []),
    ...Object.entries(source.imports ?? {}).map(
      ([name, specifier]) => `const { show: ${name} } = require('${specifier}')`,
    ),
    ...bodyOf(source, 'exports.show =', markOf(content, file)),
    isInterop ? 'exports.default = exports.show\n' : '',
  ].join('\n')
}

/** A missing or failing import is part of the answer: the rest of the page is still judged. */
export const ASK = `const ask = async (show) => {
  try {
    return typeof show === 'function' ? await show() : 'missing'
  } catch {
    return 'failed'
  }
}`

/** A number that no other evaluation of any module has. */
export const INSTANCE = 'const instance = (globalThis.instances = (globalThis.instances ?? 0) + 1)'

function bodyOf(
  { imports = {}, values = {}, head }: Source,
  start: string,
  mark: string,
): string[] {
  const parts = [
    ...Object.keys(imports).map((name) => `${name}: await ask(${name})`),
    ...Object.entries(values).map(([name, expression]) => `${name}: ${expression}`),
  ]
  return [
    ...(head ? [head] : []),
    INSTANCE,
    ASK,
    `${start} async () => ({ mark: '${mark}', instance, parts: { ${parts.join(', ')} } })`,
  ]
}
