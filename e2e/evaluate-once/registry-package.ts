import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { appRoot } from '../server.ts'

/** Installs a package that throws where one name is defined twice, until it is disposed. */
export function addRegistry(): Disposable & { id: string } {
  const id = 'registry-package'
  const directory = path.join(appRoot, 'node_modules', id)
  const manifest = { name: id, version: '1.0.0', type: 'module', main: 'index.js' }
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest))
  writeFileSync(
    path.join(directory, 'index.js'),
    `const names = new Set()
export function define(name) {
  if (names.has(name)) throw new Error(name + ' is defined already')
  names.add(name)
  return name + ' is defined'
}
`,
  )
  return { id, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}
