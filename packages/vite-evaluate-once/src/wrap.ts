import { fileURLToPath } from 'node:url'
import { decode, encode } from '@jridgewell/sourcemap-codec'
import { normalizePath } from 'vite'
import { FAILED_EVENT } from './constants.ts'
import type { Address } from './store.ts'

/**
 * Code that Vite has transformed for a module runner is the body of an asynchronous function, with
 * these parameters (`ssrTransform.ts`, `module-runner/constants.ts`; the same in Vite 6 to 8). What is
 * added lies on the first line and behind the last, so that no line moves; the first line's columns do,
 * which its source map is told.
 */
const EXPORTS = '__vite_ssr_exports__'
const IMPORT = '__vite_ssr_import__'
const IMPORT_META = '__vite_ssr_import_meta__'

/** The store beside this file, built or not. */
const storeFile = normalizePath(
  fileURLToPath(new URL(`./store${/\.m?[jt]s$/.exec(import.meta.url)![0]}`, import.meta.url)),
)
const STORE_URL = `/@fs/${storeFile.replace(/^\//, '')}`

export const isStore = (id: string): boolean => id === storeFile

/** Has a dependency evaluated only where the store does not have it yet. */
export function onceCode(code: string, address: Address, startOffset: number): string {
  return wrap(
    code,
    startOffset,
    `const __once__ = await (await ${IMPORT}(${JSON.stringify(STORE_URL)}))` +
      `.enter(${JSON.stringify(address)}, ${EXPORTS}); if (__once__) try { `,
    '__once__.keep() } catch (error) { __once__.fail(); throw error }',
  )
}

/** Has the server told where a module of the application fails to evaluate. */
export function tellingCode(code: string, generation: number, startOffset: number): string {
  return wrap(
    code,
    startOffset,
    'try { ',
    `} catch (error) { ${IMPORT_META}.hot?.send(${JSON.stringify(FAILED_EVENT)}, { ` +
      `message: String(error), stack: String(error?.stack), generation: ${generation} }); throw error }`,
  )
}

/** How a first line begins that has nothing of the module's own code: there is no column to move. */
const OWN_LINE = /^(?:__vite_ssr_exportName__\(|Object\.defineProperty\(__vite_ssr_exports__,|\/\/)/

/** @param startOffset How many lines the evaluator puts before the code, which the map counts. */
function wrap(code: string, startOffset: number, head: string, tail: string): string {
  // A copy of a module has the comments of the original in it, and code behind them.
  const map = /(\n\/\/# sourceMappingURL=data:application\/json[^,\n]*;base64,)(\S+)\s*$/
  const moved = OWN_LINE.test(code)
    ? code
    : code.replace(map, (_comment, start: string, base64: string) => {
        return start + moveFirstLine(base64, startOffset, head.length)
      })
  return `${head}${moved}\n${tail}`
}

function moveFirstLine(base64: string, startOffset: number, columns: number): string {
  const first = new RegExp(`("mappings":";{${startOffset}})([^";]+)`)
  const json = Buffer.from(base64, 'base64').toString()
  const moved = json.replace(first, (_match, before: string, line: string) => {
    const [segments = []] = decode(line)
    for (const segment of segments) segment[0] += columns
    return before + encode([segments])
  })
  return Buffer.from(moved).toString('base64')
}
