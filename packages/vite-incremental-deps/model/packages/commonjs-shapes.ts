import { commonJsModule, esModule } from './modules.ts'
import type { Shape } from './shape.ts'

const COMMON_JS = { type: 'commonjs' }

/** CommonJS, and packages that are both. */
export const commonJsShapes: Shape[] = [
  {
    name: 'common',
    ids: ['common', 'common/lib/inner'],
    manifest: COMMON_JS,
    files: (content) => ({
      'index.js': commonJsModule(content, 'index.js', { imports: { inner: './lib/inner' } }),
      'lib/inner.js': commonJsModule(content, 'lib/inner.js'),
    }),
  },
  {
    // As a compiler makes it of an ES module, on top of a real ES module.
    name: 'compiled',
    ids: ['compiled'],
    dependencies: ['core'],
    manifest: COMMON_JS,
    files: (content) => ({
      'index.js': commonJsModule(content, 'index.js', {
        imports: { core: 'core', other: './other' },
        isInterop: true,
      }),
      'other.js': commonJsModule(content, 'other.js', { isInterop: true }),
    }),
  },
  {
    name: 'optional',
    ids: ['optional'],
    dependencies: ['extra'],
    manifest: COMMON_JS,
    files: (content) => ({
      'index.js': commonJsModule(content, 'index.js', {
        head: `let extra\ntry { extra = require('extra').show } catch {}`,
        values: { extra: `extra ? await ask(extra) : 'not there'` },
      }),
    }),
  },
  {
    name: 'extra',
    ids: ['extra'],
    isOptional: true,
    manifest: COMMON_JS,
    files: (content) => ({ 'index.js': commonJsModule(content, 'index.js') }),
  },
  {
    name: 'dual',
    ids: ['dual'],
    manifest: { exports: { import: './index.mjs', require: './index.cjs' } },
    files: (content) => ({
      'index.mjs': esModule(content, 'index.mjs'),
      'index.cjs': commonJsModule(content, 'index.cjs'),
    }),
  },
  {
    name: 'dual-user',
    ids: ['dual-user'],
    dependencies: ['dual', 'common'],
    manifest: COMMON_JS,
    files: (content) => ({
      'index.js': commonJsModule(content, 'index.js', {
        imports: { dual: 'dual', common: 'common' },
      }),
    }),
  },
  {
    name: 'umd',
    ids: ['umd'],
    dependencies: ['common'],
    manifest: COMMON_JS,
    files: (content) => ({
      'index.js': [
        '(function (root, factory) {',
        `  if (typeof exports === 'object') factory(exports, require('common'))`,
        '  else factory((root.umd = {}), root.common)',
        '})(this, function (exports, common) {',
        commonJsModule(content, 'index.js', { values: { common: 'await ask(common.show)' } }),
        '})\n',
      ].join('\n'),
    }),
  },
]
