import { esModule } from './modules.ts'
import { esFiles, isNew } from './shape.ts'
import type { Shape } from './shape.ts'

/** ES module packages that share other packages. */
export const dependentShapes: Shape[] = [
  {
    name: 'widget',
    ids: ['widget'],
    dependencies: ['core'],
    needsNew: ['core'],
    isLinkable: true,
    files: (content) =>
      esFiles(content, {
        index: { core: 'core', ...(isNew(content) && { extra: 'core/extra' }) },
      }),
  },
  {
    name: 'gadget',
    ids: ['gadget'],
    dependencies: ['core', 'widget'],
    isLinkable: true,
    files: (content) =>
      esFiles(content, { index: { core: 'core', x: 'core/x', widget: 'widget' } }),
  },
  {
    // Has another `core` of its own.
    name: 'apart',
    ids: ['apart'],
    dependencies: ['single-a'],
    nested: 'core',
    files: (content) => esFiles(content, { index: { core: 'core', single: 'single-a' } }),
  },
  {
    name: 'starred',
    ids: ['starred'],
    dependencies: ['multi', 'subs'],
    files: (content) => ({
      'index.js': esModule(content, 'index.js', {
        head: `export * as all from 'multi'\nexport * from './more.js'\nimport { x } from './more.js'`,
        imports: { more: './more.js' },
        values: { x: 'await ask(x)' },
      }),
      'more.js': esModule(content, 'more.js', {
        head: `export { show as x } from 'subs/x'`,
        imports: { y: 'subs/y', multi: 'multi' },
      }),
    }),
  },
  {
    name: 'picky',
    ids: ['picky'],
    dependencies: ['barrel'],
    files: (content) => ({
      'index.js': esModule(content, 'index.js', {
        head: `import { x } from 'barrel'`,
        values: { x: 'await ask(x)' },
      }),
    }),
  },
  {
    name: 'deep',
    ids: ['deep'],
    dependencies: ['subs', 'common', 'cycle'],
    files: (content) =>
      esFiles(content, {
        index: { x: 'subs/x', inner: 'common/lib/inner', cycle: 'cycle/b' },
      }),
  },
]
