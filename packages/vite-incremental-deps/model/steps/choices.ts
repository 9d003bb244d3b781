import type { Dice } from '../dice.ts'
import { packageOf, packagesBehind, shapes, VERSIONS } from '../packages/catalogue.ts'
import { importable, install, STYLES, withRequired } from '../project/world.ts'
import type { Import, World } from '../project/world.ts'

export const choosePage = (dice: Dice, { pages }: World): string => dice.pick([...pages.keys()])

/** Something that a page does not import yet. */
export const chooseImport = (dice: Dice, world: World, page: string): Import => ({
  id: dice.pick(importable(world, world.pages.get(page)!)),
  style: dice.pick(STYLES),
})

/** A package that some page runs on, as changes of those are noticed, or any where there is none. */
export function chooseImported(dice: Dice, { pages, packages }: World): string {
  const imports = [...pages.values()].flatMap((page) => page.imports)
  const behind = packagesBehind(imports.map(({ id }) => packageOf(id)))
  const names = [...behind].filter((name) => packages.has(name))
  return dice.pick(names.length > 0 ? names : [...packages.keys()])
}

/** One or two packages in other versions than they have, with those that have to go along. */
export function chooseVersions(dice: Dice, world: World): Record<string, string> {
  const versions: Record<string, string> = {}
  const after = structuredClone(world)
  for (let rest = dice.chance(0.3) ? 2 : 1; rest > 0; rest--) {
    const name = dice.chance(0.8) ? chooseImported(dice, world) : dice.pick([...shapes.keys()])
    const current = after.packages.get(name)?.version
    const wanted = dice.pick(VERSIONS.filter((each) => each !== current))
    for (const [each, version] of withRequired(after, name, wanted)) {
      install(after, each, version)
      versions[each] = version
    }
  }
  return versions
}
