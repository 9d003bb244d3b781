import { shapes } from '../packages/catalogue.ts'
import { IN_PLACE } from '../project/files.ts'
import type { Writing } from '../project/files.ts'
import { install, setImports } from '../project/world.ts'
import type { Import } from '../project/world.ts'
import type { Session } from '../session.ts'
import { chooseImport, chooseImported, choosePage, chooseVersions } from './choices.ts'
import { kind } from './kind.ts'

export const describeImport = ({ id, style }: Import): string => `${id} (${style})`

const writePages = ({ disk, world }: Session): void => disk.writePages(world)

const writePackages = ({ disk, world }: Session): void => disk.writePackages(world, IN_PLACE)

/** What is done to the project's files. */
export const projectKinds = {
  'add imports': kind<{ page: string; added: Import[] }>({
    weight: 33,
    choose(dice, world) {
      const page = choosePage(dice, world)
      const [one, other] = [chooseImport(dice, world, page), chooseImport(dice, world, page)]
      return { page, added: dice.chance(0.3) && one.id !== other.id ? [one, other] : [one] }
    },
    describe: ({ page, added }) =>
      `page ${page} imports ${added.map(describeImport).join(' and ')}`,
    change(world, { page, added }) {
      const { imports } = world.pages.get(page)!
      const others = added.filter(({ id }) => !imports.some((each) => each.id === id))
      return others.length > 0 && setImports(world, page, [...imports, ...others])
    },
    perform: writePages,
  }),

  'remove import': kind<{ page: string; id: string }>({
    weight: 7,
    choose(dice, world) {
      const page = choosePage(dice, world)
      const { imports } = world.pages.get(page)!
      return imports.length > 0 ? { page, id: dice.pick(imports).id } : undefined
    },
    describe: ({ page, id }) => `page ${page} no longer imports ${id}`,
    change(world, { page, id }) {
      const { imports } = world.pages.get(page)!
      const rest = imports.filter((each) => each.id !== id)
      return rest.length < imports.length && setImports(world, page, rest)
    },
    perform: writePages,
  }),

  install: kind<{ versions: Record<string, string>; isAskedMidway: boolean } & Writing>({
    weight: 14,
    choose: (dice, world) => ({
      versions: chooseVersions(dice, world),
      isAskedMidway: dice.chance(0.25),
      isReplacing: dice.chance(0.75),
      hasNpmTime: dice.chance(0.5),
    }),
    describe({ versions, isAskedMidway, isReplacing, hasNpmTime }) {
      const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
      const how = `${isReplacing ? 'replacing' : 'overwriting'}, ${hasNpmTime ? "npm's mtime" : 'mtime of now'}`
      const midway = isAskedMidway ? ', pages asked for midway' : ''
      return `install ${packages.join(' ')} (${how}, lockfile changed${midway})`
    },
    change(world, { versions }) {
      for (const [name, version] of Object.entries(versions)) install(world, name, version)
      return true
    },
    async perform({ disk, environments, fleet, memory, world }, step, { pages }) {
      if (step.isAskedMidway) {
        disk.removePackages(world)
        for (const environment of environments) {
          for (const page of pages) await fleet.ask('main', environment, page)
        }
        for (const page of pages) memory.failed('main', page)
      }
      disk.writePackages(world, step)
      disk.writeLockfile(world)
    },
  }),

  uninstall: kind<string>({
    weight: 2,
    choose: chooseImported,
    describe: (name) => `uninstall ${name}`,
    change: ({ packages, locked }, name) => packages.delete(name) && locked.delete(name),
    perform({ disk, world }) {
      disk.writePackages(world, IN_PLACE)
      disk.writeLockfile(world)
    },
  }),

  link: kind<{ name: string; isLinked: boolean }>({
    weight: 6,
    choose(dice, { packages }) {
      const isLinked = dice.chance(0.5)
      const candidates = [...packages].filter(
        ([name, one]) => shapes.get(name)!.isLinkable && one.isLinked !== isLinked,
      )
      return candidates.length > 0 ? { name: dice.pick(candidates)[0], isLinked } : undefined
    },
    describe: ({ name, isLinked }) => `${isLinked ? 'link' : 'unlink'} ${name}`,
    change(world, { name, isLinked }) {
      const installed = world.packages.get(name)
      if (!installed || installed.isLinked === isLinked) return false
      // What is linked is not what is published.
      const revision = isLinked ? ++world.revisions : 0
      world.packages.set(name, { version: installed.version, revision, isLinked })
      world.wasLinked ||= isLinked
      return true
    },
    perform: writePackages,
  }),

  patch: kind<string>({
    weight: 4,
    choose: chooseImported,
    describe: (name) => `patch files of ${name}`,
    change(world, name) {
      const installed = world.packages.get(name)
      if (installed) world.packages.set(name, { ...installed, revision: ++world.revisions })
      return installed !== undefined
    },
    perform: writePackages,
  }),

  lockfile: kind<{ isContentChanged: boolean }>({
    weight: 2,
    choose: (dice) => ({ isContentChanged: dice.chance(0.5) }),
    describe: ({ isContentChanged }) =>
      isContentChanged ? 'change the lockfile alone' : 'touch the lockfile',
    change(world, { isContentChanged }) {
      if (isContentChanged) world.notes++
      return true
    },
    perform({ disk, world }, { isContentChanged }) {
      if (isContentChanged) disk.writeLockfile(world)
      else disk.touchLockfile()
    },
  }),
}
