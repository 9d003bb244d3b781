import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { appRoot } from '../server.ts'

/** Installs a package that cannot be bundled, until it is disposed. */
export function addBrokenPackage(): Disposable & { id: string } {
  const id = 'broken-package'
  const directory = path.join(appRoot, 'node_modules', id)
  const manifest = { name: id, version: '1.0.0', type: 'module', main: 'index.js' }
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest))
  writeFileSync(path.join(directory, 'index.js'), 'export const = 1')
  return { id, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}
