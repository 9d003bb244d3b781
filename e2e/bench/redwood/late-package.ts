import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const NAME = 'bench-late'

/** What is imported from the start. */
export const FIRST = `${NAME}/first`

/** What is imported late: each shares a module with {@link FIRST} that no other does. */
export const late = (number: number): string => `${NAME}/late-${number}`

/** What a late one exports as `value`. */
export const valueOf = (number: number): string => `late-${number} is here.`

/**
 * Installs a package with one subpath for each late dependency in an application. The first of each
 * moves the module that it shares out of an output that is served, so that Vite by itself reloads.
 */
export function installLatePackage(root: string, count: number): Disposable {
  const directory = path.join(root, 'node_modules', NAME)
  const write = (file: string, code: string) => writeFileSync(path.join(directory, file), code)
  const numbers = Array.from({ length: count }, (_, index) => index)

  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory)
  const exports = { './*': './*.js' }
  write('package.json', JSON.stringify({ name: NAME, version: '1.0.0', type: 'module', exports }))
  const imports = numbers.map(
    (number) => `import { part as part${number} } from './part-${number}.js'`,
  )
  const parts = numbers.map((number) => `part${number}`)
  write(
    'first.js',
    `${imports.join('\n')}\nexport const first = [${parts.join()}].map(({ size }) => size).length\n`,
  )
  for (const number of numbers) {
    // State, so that a bundler neither copies nor folds it.
    write(
      `part-${number}.js`,
      `export const part = new Map([['text', ${JSON.stringify(valueOf(number))}]])\n`,
    )
    write(
      `late-${number}.js`,
      `import { part } from './part-${number}.js'\nexport const value = part.get('text')\n`,
    )
  }
  return { [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) }
}
