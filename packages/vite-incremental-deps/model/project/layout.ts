import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { filesOf, nestedOf, shapes } from '../packages/catalogue.ts'
import type { Content } from '../packages/modules.ts'
import { writeDirectory, writeLink } from './files.ts'
import type { Writing } from './files.ts'
import type { Installed, World } from './world.ts'

/** How a package manager lays out `node_modules`. */
export interface Layout {
  lockfiles: string[]
  /** Makes a package be there as `installed` says, or not at all. */
  place: (world: World, name: string, installed: Installed | undefined, writing: Writing) => void
  /** After all packages: what they find of each other. */
  connect: (world: World) => void
}

/** Where a linked package really is, so that it still finds what is installed. */
const linkedDirectory = (root: string, name: string): string => path.join(root, 'linked', name)

const placeLink = (
  root: string,
  world: World,
  name: string,
  { version, revision }: Installed,
): void => {
  const directory = linkedDirectory(root, name)
  const files = filesOf({ place: name, version, revision }, world.isPadded)
  writeDirectory(directory, files, { isReplacing: false, hasNpmTime: false })
  const inModules = path.join(root, 'node_modules', name)
  writeLink(inModules, directory)
}

export function npmLayout(root: string): Layout {
  const directoryOf = (name: string) => path.join(root, 'node_modules', name)
  return {
    lockfiles: ['package-lock.json', 'node_modules/.package-lock.json'],
    place(world, name, installed, writing) {
      const directory = directoryOf(name)
      if (installed?.isLinked) return placeLink(root, world, name, installed)
      if (!installed) return rmSync(directory, { recursive: true, force: true })
      const content: Content = { place: name, ...installed }
      writeDirectory(directory, filesOf(content, world.isPadded), writing)
      const nested = nestedOf(content)
      if (!nested) return undefined
      const inside = path.join(directory, 'node_modules', nested.place.split('>')[1]!)
      return writeDirectory(inside, filesOf(nested, world.isPadded), writing)
    },
    connect() {
      // Everything is found by walking up.
    },
  }
}

export function pnpmLayout(root: string): Layout {
  const store = path.join(root, 'node_modules/.pnpm')
  const modulesOf = (name: string, version: string) =>
    path.join(store, `${name}@${version}`, 'node_modules')
  return {
    lockfiles: ['pnpm-lock.yaml', 'node_modules/.pnpm/lock.yaml'],
    place(world, name, installed, writing) {
      const inModules = path.join(root, 'node_modules', name)
      if (installed?.isLinked) return placeLink(root, world, name, installed)
      if (!installed) return rmSync(inModules, { recursive: true, force: true })
      const content: Content = { place: name, ...installed }
      const modules = modulesOf(name, installed.version)
      writeDirectory(path.join(modules, name), filesOf(content, world.isPadded), writing)
      const nested = nestedOf(content)
      if (nested) {
        const [, inner] = nested.place.split('>')
        const directory = path.join(modulesOf(inner!, nested.version), inner!)
        writeDirectory(directory, filesOf(nested, world.isPadded), writing)
        writeLink(path.join(modules, inner!), directory)
      }
      return writeLink(inModules, path.join(modules, name))
    },
    connect(world) {
      for (const [name, { version, isLinked }] of world.packages) {
        if (isLinked) continue
        for (const dependency of shapes.get(name)!.dependencies ?? []) {
          const found = path.join(root, 'node_modules', dependency)
          const link = path.join(modulesOf(name, version), dependency)
          if (!existsSync(found)) rmSync(link, { force: true })
          else writeLink(link, realTarget(dependency))
        }
      }
      function realTarget(name: string): string {
        const { version, isLinked } = world.packages.get(name)!
        return isLinked ? linkedDirectory(root, name) : path.join(modulesOf(name, version), name)
      }
    },
  }
}
