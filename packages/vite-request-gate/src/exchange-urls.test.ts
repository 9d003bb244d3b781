import type { TransformResult } from 'vite'
import { expect, test } from 'vitest'
import { exchangeUrls } from './exchange-urls.ts'

const from = '/node_modules/.vite/deps/dep.js?v=0123abcd'
const to = '/node_modules/.vite/deps/dep.js?v=4567ef01'

const exchange = (result: Partial<TransformResult>): TransformResult | undefined => {
  const whole = { code: '', map: null, deps: [from], ...result }
  return exchangeUrls(whole, new Map([[from, to]]))
}

const codeWith = (url: string): string =>
  `const a = await __vite_ssr_import__("${url}"); const b = await __vite_ssr_import__("/other.js");` +
  `__vite_ssr_dynamic_import__('${url}')`

test('a URL is exchanged wherever Vite writes one, and nothing else is', () => {
  const deps = [from, '/other.js']
  const result = exchange({ code: codeWith(from), deps, dynamicDeps: [from] })
  expect(result).toEqual({
    code: codeWith(to),
    map: null,
    deps: [to, '/other.js'],
    dynamicDeps: [to],
  })
})

test('a source map that was appended goes, as it may name a former URL', () => {
  const map = `\n//# sourceURL=/a.js?v=0123abcd\n//# sourceMappingSource=vite-generated\n//# sourceMappingURL=data:application/json;base64,e30=\n`
  const code = 'const text = `\n//# sourceURL=/b.js\n`'
  expect(exchange({ code: `${code}${map}` })?.code).toBe(code)
})

test('where it cannot be told, there is no result', () => {
  expect(exchange({ code: '`' + from + '`' })).toBeUndefined()
  const { deps: _, ...browsers } = { code: '', map: null, deps: [] }
  expect(exchangeUrls(browsers, new Map([[from, to]]))).toBeUndefined()
})
