import { shapes } from '../packages/catalogue.ts'
import { install } from '../project/world.ts'
import type { Import, World } from '../project/world.ts'
import type { Action } from './step.ts'

/**
 * Changes a project as a step says.
 *
 * @returns whether there was anything to do, which may not be so when steps before it are left out.
 */
export function changeWorld(world: World, step: Action): boolean {
  const { pages, packages, locked } = world
  switch (step.kind) {
    case 'add import':
    case 'crash': {
      const { imports } = pages.get(step.page)!
      if (imports.some(({ id }) => id === step.added.id)) return false
      return setImports(world, step.page, [...imports, step.added])
    }
    case 'remove import': {
      const { imports } = pages.get(step.page)!
      const rest = imports.filter(({ id }) => id !== step.id)
      return rest.length < imports.length && setImports(world, step.page, rest)
    }
    case 'install':
      for (const [name, version] of Object.entries(step.versions)) install(world, name, version)
      return true
    case 'uninstall':
      locked.delete(step.name)
      return packages.delete(step.name)
    case 'link':
    case 'unlink': {
      const isLinked = step.kind === 'link'
      const installed = packages.get(step.name)
      if (!installed || installed.isLinked === isLinked) return false
      packages.set(step.name, {
        version: installed.version,
        // What is linked is not what is published.
        revision: isLinked ? ++world.revisions : 0,
        isLinked,
      })
      return true
    }
    case 'edit': {
      const installed = packages.get(step.name)
      if (installed) packages.set(step.name, { ...installed, revision: ++world.revisions })
      return installed !== undefined
    }
    case 'touch lockfile':
      if (step.isContentChanged) world.notes++
      return true
    case 'branch':
      for (const [name, version] of Object.entries(step.versions)) {
        if (version !== undefined) install(world, name, version)
        else if (packages.delete(name)) locked.delete(name)
      }
      for (const [name, imports] of Object.entries(step.pages)) setImports(world, name, imports)
      return true
    case 'restart':
    case 'start':
    case 'stop':
    case 'kill':
    case 'delete cache':
      return true
  }
}

function setImports(world: World, name: string, imports: Import[]): boolean {
  const page = world.pages.get(name)!
  world.pages.set(name, { ...page, imports, revision: ++world.revisions })
  return true
}

/** The packages that a page runs on, itself or through others. */
export function packagesBehind(imports: Iterable<string>): Set<string> {
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    shapes.get(name)!.dependencies?.forEach(visit)
  }
  for (const each of imports) visit(each)
  return found
}
