import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { CorpusPackage } from './packages.ts'

/** A project of its own, outside the monorepo: the corpus is no dependency of ours. */
export class Workspace {
  readonly root: string

  constructor(root: string) {
    this.root = root
    mkdirSync(root, { recursive: true })
    cpSync(path.join(import.meta.dirname, 'project'), root, { recursive: true })
  }

  install(packages: CorpusPackage[]): void {
    const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]))
    const manifest = { name: 'corpus', private: true, type: 'module', dependencies }
    writeFileSync(path.join(this.root, 'package.json'), JSON.stringify(manifest, undefined, 2))
    // A root of its own, wherever it lies.
    writeFileSync(path.join(this.root, 'pnpm-workspace.yaml'), 'packages: []\n')
    const args = ['-y', 'pnpm@12', 'install', '--ignore-scripts', '--no-frozen-lockfile']
    execFileSync('npx', args, { cwd: this.root, stdio: 'pipe' })
  }

  /**
   * Writes a module that imports `id` and describes it.
   *
   * @param hasDefault - a default import of a module without one is an error in a browser.
   * @returns its URL.
   */
  writeImport(id: string, hasDefault: boolean): string {
    const name = `${id.replaceAll(/\W/g, '_')}${hasDefault ? '' : '-names'}.js`
    const from = JSON.stringify(id)
    mkdirSync(path.join(this.root, 'late'), { recursive: true })
    writeFileSync(
      path.join(this.root, 'late', name),
      `import { describe } from '../describe.js'\n` +
        `import * as all from ${from}\n` +
        (hasDefault ? `import standard from ${from}\n` : 'const standard = undefined\n') +
        'export default () => describe(all, standard)\n',
    )
    return `/late/${name}`
  }

  cacheDirectory(name: string): string {
    const directory = path.join(this.root, 'node_modules', `.vite-${name}`)
    rmSync(directory, { recursive: true, force: true })
    return directory
  }
}
