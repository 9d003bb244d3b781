import { esModule, markOf } from './modules.ts'
import { esFiles, isNew, OPEN_EXPORTS } from './shape.ts'
import type { Shape } from './shape.ts'

const single = (name: string): Shape => ({
  name,
  ids: [name],
  isLinkable: true,
  files: (content) => esFiles(content, { index: {} }),
})

/** ES module packages that need no other package. */
export const esShapes: Shape[] = [
  single('single-a'),
  single('single-b'),
  single('single-c'),
  {
    // What others build on. Version 2 has more than version 1.
    name: 'core',
    ids: ['core', 'core/x'],
    isLinkable: true,
    manifest: { exports: OPEN_EXPORTS },
    files: (content) =>
      esFiles(content, {
        index: { inner: './inner.js' },
        x: { inner: './inner.js' },
        inner: {},
        ...(isNew(content) && { extra: { inner: './inner.js' } }),
      }),
  },
  {
    // Which files it has depends on the version.
    name: 'multi',
    ids: ['multi'],
    isLinkable: true,
    files: (content) =>
      esFiles(content, {
        index: isNew(content) ? { a: './a.js', c: './c.js' } : { a: './a.js', b: './b.js' },
        a: { shared: './shared.js' },
        [isNew(content) ? 'c' : 'b']: { shared: './shared.js' },
        shared: {},
      }),
  },
  {
    name: 'subs',
    ids: ['subs', 'subs/x', 'subs/y'],
    isLinkable: true,
    manifest: { exports: OPEN_EXPORTS },
    files: (content) =>
      esFiles(content, {
        index: { x: './x.js' },
        x: { internal: './lib/internal.js' },
        y: { internal: './lib/internal.js' },
        'lib/internal': {},
      }),
  },
  {
    // `dom.js` must not be evaluated for who wants something else.
    name: 'barrel',
    ids: ['barrel/x', 'barrel/y'],
    manifest: { exports: OPEN_EXPORTS, sideEffects: false },
    files: (content) => ({
      ...esFiles(content, { x: { y: './y.js' }, y: {} }),
      'index.js': `export { show as x } from './x.js'\nexport { show as y } from './y.js'\nexport { dom } from './dom.js'\n`,
      'dom.js': `throw new Error('evaluated for nothing')\nexport const dom = {}\n`,
    }),
  },
  {
    name: 'cycle',
    ids: ['cycle', 'cycle/b'],
    isLinkable: true,
    manifest: { exports: OPEN_EXPORTS },
    files: (content) => ({
      ...esFiles(content, { index: { a: './a.js' }, a: { b: './b.js' } }),
      'b.js': esModule(content, 'b.js', {
        head: `import { brief as ofA } from './a.js'`,
        values: { a: 'ofA()' },
      }),
    }),
  },
  {
    name: 'lazy',
    ids: ['lazy', 'lazy/part'],
    manifest: { exports: OPEN_EXPORTS },
    files: (content) => ({
      'index.js': esModule(content, 'index.js', {
        values: { part: `await ask(async () => (await import('./part.js')).show())` },
      }),
      ...esFiles(content, { part: { shared: './shared.js' }, shared: {} }),
    }),
  },
  {
    name: 'data',
    ids: ['data'],
    files: (content) => ({
      'index.js': esModule(content, 'index.js', {
        head: `import data from './data.json'`,
        values: { data: 'data' },
      }),
      'data.json': JSON.stringify({ mark: markOf(content, 'data.json') }),
    }),
  },
  {
    name: 'awaiting',
    ids: ['awaiting'],
    isLinkable: true,
    files: (content) => ({
      'index.js': esModule(content, 'index.js', {
        head: 'await Promise.resolve()',
        imports: { inner: './inner.js' },
      }),
      ...esFiles(content, { inner: {} }),
    }),
  },
  {
    name: 'browserish',
    ids: ['browserish'],
    manifest: { browser: { './server.js': './browser.js' } },
    files: (content) =>
      esFiles(content, { index: { own: './server.js' }, server: {}, browser: {} }),
  },
  {
    // For Vite to load: what it imports can be shared, but it cannot be added.
    name: 'typed',
    ids: ['typed'],
    manifest: { exports: './index.ts' },
    files: (content) => ({
      'index.ts': esModule(content, 'index.ts', { head: 'export type Typed = string' }),
    }),
  },
]
