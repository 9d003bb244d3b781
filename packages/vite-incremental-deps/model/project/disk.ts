import {
  globSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { INDEX_HTML } from '../servers/config.ts'
import { IN_PLACE, writeDirectory } from './files.ts'
import type { Writing } from './files.ts'
import { npmLayout, pnpmLayout } from './layout.ts'
import type { Layout } from './layout.ts'
import { sourceOfEntry, sourceOfPage } from './pages.ts'
import { lockfileOf } from './world.ts'
import type { World } from './world.ts'

/** Brings the files of a project in line with a {@link World}: only what differs is written. */
export class Disk {
  readonly root: string
  readonly #layout: Layout
  readonly #pages = new Map<string, string>()
  readonly #packages = new Map<string, string>()

  /** @param config - the text of `vite.config.mjs`. */
  constructor(root: string, world: World, config: string) {
    this.root = root
    this.#layout = world.layout === 'npm' ? npmLayout(root) : pnpmLayout(root)
    const names = world.pages.keys()
    const files = {
      'package.json': '{ "type": "module" }',
      'vite.config.mjs': config,
      'index.html': INDEX_HTML,
      'src/entry.js': sourceOfEntry(names),
    }
    writeDirectory(root, files, IN_PLACE)
    mkdirSync(path.join(root, 'src/pages'))
    this.writePackages(world, { isReplacing: true, hasNpmTime: true })
    this.writePages(world)
    this.writeLockfile(world)
  }

  writePages({ pages }: World): void {
    for (const [name, page] of pages) {
      const source = sourceOfPage(name, page)
      if (this.#pages.get(name) === source) continue
      this.#pages.set(name, source)
      // As a whole: a server that reads half of it would be right to show that.
      const temporary = path.join(this.root, `node_modules/${name}.tmp`)
      writeFileSync(temporary, source)
      renameSync(temporary, path.join(this.root, 'src/pages', `${name}.js`))
    }
  }

  writePackages(world: World, writing: Writing): void {
    const changed = this.#changed(world)
    for (const name of changed) {
      const installed = world.packages.get(name)
      this.#layout.place(world, name, installed, writing)
      this.#packages.set(name, JSON.stringify(installed))
    }
    if (changed.length > 0) this.#layout.connect(world)
  }

  /** Removes what is about to be written, as package managers do some time before. */
  removePackages(world: World): void {
    for (const name of this.#changed(world)) {
      rmSync(path.join(this.root, 'node_modules', name), { recursive: true, force: true })
    }
  }

  writeLockfile(world: World): void {
    for (const name of this.#layout.lockfiles) {
      const file = path.join(this.root, name)
      writeFileSync(file, lockfileOf(world))
    }
  }

  /** Only its time. */
  touchLockfile(): void {
    const now = new Date()
    for (const name of this.#layout.lockfiles) utimesSync(path.join(this.root, name), now, now)
  }

  get cacheDirectory(): string {
    return path.join(this.root, 'node_modules/.vite')
  }

  deleteCache(): void {
    rmSync(this.cacheDirectory, { recursive: true, force: true })
  }

  /** @param share - which of its files, between 0 and 1. */
  damageCache(share: number, isTruncated: boolean): void {
    const all = globSync('deps*/*', { cwd: this.cacheDirectory }).toSorted()
    const name = all[Math.floor(share * all.length)]
    if (name === undefined) return
    const file = path.join(this.cacheDirectory, name)
    if (isTruncated) truncateSync(file, Math.floor(statSync(file).size / 2))
    else rmSync(file)
  }

  #changed({ packages }: World): string[] {
    const names = new Set([...this.#packages.keys(), ...packages.keys()])
    return [...names].filter(
      (name) => this.#packages.get(name) !== JSON.stringify(packages.get(name)),
    )
  }
}
