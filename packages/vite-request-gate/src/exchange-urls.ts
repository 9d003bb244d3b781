import type { TransformResult } from 'vite'

/**
 * What `fetchModule()` appends to a transform that it is asked for, and does again
 * (`inlineSourceMap` in `ssr/fetchModule.ts`, the same in Vite 6 to 8).
 */
const INLINE_MAP = /\n\/\/# sourceURL=.*\n\/\/# sourceMappingSource=vite-generated\n.*\n$/

/**
 * The transform with other URLs for its imports, which stand in its code as Vite has written them.
 *
 * @returns `undefined` if it cannot be told where they stand.
 */
export function exchangeUrls(
  result: TransformResult,
  urls: ReadonlyMap<string, string>,
): TransformResult | undefined {
  const { deps, dynamicDeps = [] } = result
  // There are none without the transform for runners.
  if (!deps) return undefined
  let code = result.code.replace(INLINE_MAP, '')
  for (const [from, to] of urls) {
    code = code.replaceAll(`"${from}"`, `"${to}"`).replaceAll(`'${from}'`, `'${to}'`)
    if (code.includes(from)) return undefined
  }
  const exchange = (url: string): string => urls.get(url) ?? url
  return { ...result, code, deps: deps.map(exchange), dynamicDeps: dynamicDeps.map(exchange) }
}
