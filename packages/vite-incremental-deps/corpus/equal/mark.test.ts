import { expect, test } from 'vitest'
import { mark, nameOfModule } from './mark.ts'

const id = '/app/node_modules/a/index.js'
const push = 'globalThis.corpusEvaluations?.push("a/index.js");'

test.each([
  ['an ES module', `import b from 'b'\nb()`, `${push}import b from 'b'\nb()`],
  ['CommonJS', `const b = require('b')`, `${push}const b = require('b')`],
  ['strict code', `'use strict'\nvar b`, `'use strict';${push}\nvar b`],
  ['several directives', `"use strict";'use client';b()`, `"use strict";'use client';;${push}b()`],
  ['a script', `#!/usr/bin/env node\nb()`, `#!/usr/bin/env node\n${push}\nb()`],
  ['JSX', `export const b = <p/>`, `${push}export const b = <p/>`],
  ['a return', `if (b) return; b()`, `${push}if (b) return; b()`],
  ['an annotation', `/* @__PURE__ */ b()`, `${push}/* @__PURE__ */ b()`],
])('%s is marked where it begins to be evaluated', (_kind, code, marked) => {
  expect(mark(code, id)).toBe(marked)
})

test.each([
  ['nothing', '// nothing'],
  ['a barrel', `import { b } from 'b'; export { b }; export { c } from 'c'; export * from 'd'`],
  ['what cannot be parsed', 'export const = 1'],
])('%s is left as it is', (_kind, code) => {
  expect(mark(code, id)).toBe(undefined)
})

test('TypeScript is told by the extension', () => {
  expect(mark('export let a: number', '/app/node_modules/a/a.mts')).toMatch(/^globalThis.*number$/)
  expect(mark('export let a = <T>b', '/app/node_modules/a/a.ts')).toMatch(/^globalThis.*<T>b$/)
})

test.each([
  ['/app/node_modules/a/lib/b.js', 'a/lib/b.js'],
  ['/app/node_modules/a/node_modules/b/c.js', 'a/node_modules/b/c.js'],
  [String.raw`C:\app\node_modules\@a\b\c.js`, '@a/b/c.js'],
  ['/app/node_modules/.pnpm/a@1.0.0/node_modules/a/b.js', 'a@1.0.0/b.js'],
  ['/app/node_modules/.pnpm/@a+b@1.0.0_c@2.0.0/node_modules/@a/b/c.js', '@a/b@1.0.0/c.js'],
])('the name of %j is %j', (file, name) => {
  expect(nameOfModule(file)).toBe(name)
})
