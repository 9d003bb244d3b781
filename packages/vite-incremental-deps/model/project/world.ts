import { nestedOf, packageOf, shapes, VERSIONS } from '../packages/catalogue.ts'
import { generationOf } from '../packages/modules.ts'
import type { Content } from '../packages/modules.ts'
import type { Dice } from '../dice.ts'

export interface Import {
  id: string
  style: 'named' | 'default' | 'namespace' | 'dynamic'
}

export interface Page {
  imports: Import[]
  revision: number
  /** Whether it accepts its own updates: nothing is reloaded when it is edited. */
  isAccepting: boolean
}

export interface Installed {
  version: string
  revision: number
  /** Whether `node_modules` has a link to a directory beside it. */
  isLinked: boolean
}

/** A project as it should be on disk, and nothing of any server. */
export interface World {
  layout: 'npm' | 'pnpm'
  /** Whether the size of a file differs between versions of a package. */
  isPadded: boolean
  pages: Map<string, Page>
  packages: Map<string, Installed>
  /** What the lockfile says, by package. */
  locked: Map<string, string>
  /** Changes of the lockfile that change no package. */
  notes: number
  /** So that every edit has its own number. */
  revisions: number
  /** Whether any package has ever been linked. */
  wasLinked: boolean
}

const PAGES = ['a', 'b', 'c']

export const STYLES: Import['style'][] = ['named', 'named', 'default', 'namespace', 'dynamic']

const ids = [...shapes.values()].flatMap((shape) => shape.ids)

export function createWorld(dice: Dice): World {
  const world: World = {
    layout: dice.chance(0.25) ? 'pnpm' : 'npm',
    isPadded: dice.chance(0.5),
    pages: new Map(),
    packages: new Map(),
    locked: new Map(),
    notes: 0,
    revisions: 0,
    wasLinked: false,
  }
  for (const { name, isOptional } of shapes.values()) if (!isOptional) install(world, name, '1.0.0')
  for (const name of PAGES) {
    const page: Page = { imports: [], revision: 0, isAccepting: dice.chance(0.5) }
    for (let rest = dice.below(4); rest > 0; rest--) {
      const id = dice.pick(importable(world, page))
      page.imports.push({ id, style: dice.pick(STYLES) })
    }
    world.pages.set(name, page)
  }
  return world
}

/** What a page may import that it does not yet. */
export const importable = ({ packages }: World, { imports }: Page): string[] =>
  ids.filter((id) => packages.has(packageOf(id)) && !imports.some((each) => each.id === id))

export function install({ packages, locked }: World, name: string, version: string): void {
  packages.set(name, { version, revision: 0, isLinked: false })
  locked.set(name, generationOf({ version, revision: 0 }))
}

/** @returns whether that was possible, which it always is. */
export function setImports(world: World, name: string, imports: Import[]): true {
  const page = world.pages.get(name)!
  world.pages.set(name, { ...page, imports, revision: ++world.revisions })
  return true
}

const isOld = (version: string): boolean => version === VERSIONS[0]

/**
 * The versions with which a package can be installed, and those of the packages that it needs or
 * that need it: a package manager changes them together.
 */
export function withRequired(world: World, name: string, version: string): Map<string, string> {
  const versions = new Map([[name, version]])
  for (const { name: dependent, needsNew = [] } of shapes.values()) {
    const versionOf = (each: string) => versions.get(each) ?? world.packages.get(each)?.version
    const own = versionOf(dependent)
    if (own === undefined || isOld(own)) continue
    for (const needed of needsNew) {
      const current = versionOf(needed)
      if (current !== undefined && !isOld(current)) continue
      if (dependent === name) versions.set(needed, own)
      else versions.set(dependent, VERSIONS[0]!)
    }
  }
  return versions
}

/** What every package and page is now, by place. */
export function generations({ packages, pages }: World): Map<string, string> {
  const contents: Content[] = []
  for (const [place, { version, revision }] of packages) {
    const content = { place, version, revision }
    contents.push(content, ...[nestedOf(content) ?? []].flat())
  }
  for (const [name, { revision }] of pages) contents.push(contentOfPage(name, revision))
  return new Map(contents.map((content) => [content.place, generationOf(content)]))
}

export const contentOfPage = (name: string, revision: number): Content => ({
  place: `page-${name}`,
  version: '0.0.0',
  revision,
})

/** The lockfile's text. */
export function lockfileOf({ locked, notes }: World): string {
  const packages = Object.fromEntries([...locked].toSorted(([a], [b]) => a.localeCompare(b)))
  return JSON.stringify({ lockfileVersion: 3, notes, packages }, undefined, 2)
}
