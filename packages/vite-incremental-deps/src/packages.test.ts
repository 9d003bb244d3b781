import { expect, test } from 'vitest'
import { packageOf } from './packages.ts'

test.for([
  ['/app/node_modules/a/index.js', '/app/node_modules/a'],
  ['/app/node_modules/@scope/a/lib/x.js', '/app/node_modules/@scope/a'],
  ['/app/node_modules/a/node_modules/b/x.js', '/app/node_modules/a/node_modules/b'],
  // On Windows Vite's ids have the one, the bundler's the other.
  ['C:/app/node_modules/@scope/a/x.js', 'C:/app/node_modules/@scope/a'],
  ['C:\\app\\node_modules\\@scope\\a\\x.js', 'C:\\app\\node_modules\\@scope\\a'],
  ['C:\\app\\node_modules\\a\\node_modules\\b\\x.js', 'C:\\app\\node_modules\\a\\node_modules\\b'],
  ['C:\\app\\src\\a.js', undefined],
  ['\0virtual:a', undefined],
] as const)('the package of %j is %j', ([id, directory]) => {
  expect(packageOf(id)).toBe(directory)
})
