import { Dice } from '../dice.ts'
import { packageOf, shapes, VERSIONS } from '../packages/catalogue.ts'
import type { Writing } from '../project/files.ts'
import { createWorld, importable, install, STYLES, withRequired } from '../project/world.ts'
import type { Import, World } from '../project/world.ts'
import { changeWorld, packagesBehind } from './change.ts'
import type { Action, Asking, ServerName, Step } from './step.ts'

/** A project, and what will be done to it: the same for the same seed. */
export interface Plan {
  seed: number
  world: World
  /** Whether the browser keeps what it may keep. */
  hasHttpCache: boolean
  steps: Step[]
}

const WEIGHTS: Record<Action['kind'], number> = {
  'add import': 30,
  'remove import': 7,
  install: 12,
  uninstall: 2,
  link: 3,
  unlink: 3,
  edit: 4,
  restart: 4,
  start: 5,
  stop: 2,
  kill: 3,
  crash: 4,
  'delete cache': 2,
  'touch lockfile': 2,
  branch: 4,
}

export function createPlan(seed: number, length: number): Plan {
  const dice = new Dice(seed)
  const world = createWorld(dice)
  const plan: Plan = { seed, world: structuredClone(world), hasHttpCache: dice.chance(0.4), steps: [] }
  const planner = new Planner(dice, world, plan.hasHttpCache)
  for (let index = 0; index < length; index++) plan.steps.push(planner.next())
  return plan
}

/** Chooses steps that make sense where the project is. */
class Planner {
  readonly #dice: Dice
  readonly #world: World
  readonly #weights = { ...WEIGHTS }
  #hasSecond = false
  /** The branch to go back to. */
  #other: Action | undefined

  constructor(dice: Dice, world: World, hasHttpCache: boolean) {
    this.#dice = dice
    this.#world = world
    // Vite's documentation: a dependency that was edited is seen without the browser's cache only.
    if (hasHttpCache) Object.assign(this.#weights, { edit: 0, link: 0, unlink: 0 })
  }

  next(): Step {
    for (;;) {
      const action = this.#choose(this.#dice.weighted(this.#weights))
      if (!action || !changeWorld(this.#world, action)) continue
      if (action.kind === 'stop') this.#hasSecond = false
      if (action.kind === 'start' && action.server === 'second') this.#hasSecond = true
      return { ...action, asking: this.#asking() }
    }
  }

  #asking(): Asking {
    const dice = this.#dice
    const pages = [...this.#world.pages.keys()]
    return {
      pages: dice.chance(0.7) ? pages : [dice.pick(pages)],
      first: this.#hasSecond && dice.chance(0.3) ? 'second' : 'main',
      isAtOnce: dice.chance(0.2),
    }
  }

  #choose(kind: Action['kind']): Action | undefined {
    const dice = this.#dice
    const { packages, pages } = this.#world
    const name = dice.pick([...pages.keys()])
    const page = pages.get(name)!
    const server: ServerName = this.#hasSecond && dice.chance(0.3) ? 'second' : 'main'
    switch (kind) {
      case 'add import':
        return { kind, page: name, added: this.#import(importable(this.#world, page)) }
      case 'crash':
        return {
          kind,
          page: name,
          added: this.#import(importable(this.#world, page)),
          atWrite: 1 + dice.below(8),
        }
      case 'remove import':
        return page.imports.length === 0
          ? undefined
          : { kind, page: name, id: dice.pick(page.imports).id }
      case 'install':
        return {
          kind,
          versions: Object.fromEntries(this.#versions()),
          isAskedMidway: dice.chance(0.25),
          ...this.#writing(),
        }
      case 'uninstall':
        return { kind, name: dice.pick(this.#imported()) }
      case 'link':
      case 'unlink': {
        const candidates = [...packages].filter(
          ([each, { isLinked }]) => shapes.get(each)!.isLinkable && isLinked === (kind === 'unlink'),
        )
        return candidates.length === 0 ? undefined : { kind, name: dice.pick(candidates)[0] }
      }
      case 'edit':
        return { kind, name: dice.pick(this.#imported()) }
      case 'restart':
        return { kind, server, isForced: dice.chance(0.3) }
      case 'start':
        return this.#hasSecond || dice.chance(0.6)
          ? { kind, server, isForced: dice.chance(0.4) }
          : { kind, server: 'second', isForced: dice.chance(0.2) }
      case 'stop':
        return this.#hasSecond ? { kind } : undefined
      case 'kill':
        return { kind, server }
      case 'delete cache':
        return { kind, isRunning: dice.chance(0.5) }
      case 'touch lockfile':
        return { kind, isContentChanged: dice.chance(0.5) }
      case 'branch':
        return this.#branch()
    }
  }

  #import(ids: string[]): Import {
    return { id: this.#dice.pick(ids), style: this.#dice.pick(STYLES) }
  }

  #writing(): Writing {
    return { isReplacing: this.#dice.chance(0.75), hasNpmTime: this.#dice.chance(0.5) }
  }

  /** Packages that some page runs on, as changes of those are noticed, or any where there is none. */
  #imported(): string[] {
    const { pages, packages } = this.#world
    const imports = [...pages.values()].flatMap((page) => page.imports)
    const behind = packagesBehind(imports.map(({ id }) => packageOf(id)))
    const names = [...behind].filter((name) => packages.has(name))
    return names.length > 0 ? names : [...packages.keys()]
  }

  /** One or two packages in other versions than they have, with those that have to go along. */
  #versions(): Map<string, string> {
    const dice = this.#dice
    const versions = new Map<string, string>()
    const after = structuredClone(this.#world)
    for (let rest = dice.chance(0.3) ? 2 : 1; rest > 0; rest--) {
      const name = dice.pick(dice.chance(0.8) ? this.#imported() : [...shapes.keys()])
      const current = after.packages.get(name)?.version
      const wanted = dice.pick(VERSIONS.filter((each) => each !== current))
      for (const [each, version] of withRequired(after, name, wanted)) {
        install(after, each, version)
        versions.set(each, version)
      }
    }
    return versions
  }

  /** To another state of several pages and packages, or back from there. */
  #branch(): Action {
    if (this.#other) {
      const back = this.#other
      this.#other = undefined
      return back
    }
    const { pages, packages } = this.#world
    const versions = Object.fromEntries(this.#versions())
    const changed: Record<string, Import[]> = {}
    const formerPages: Record<string, Import[]> = {}
    for (const [name, page] of pages) {
      if (this.#dice.chance(0.3)) continue
      formerPages[name] = page.imports
      changed[name] = page.imports.filter(() => this.#dice.chance(0.6))
      const added = this.#import(importable(this.#world, page))
      if (this.#dice.chance(0.8)) changed[name].push(added)
    }
    const names = Object.keys(versions)
    const former = names.map((name) => [name, packages.get(name)?.version] as const)
    this.#other = { kind: 'branch', pages: formerPages, versions: Object.fromEntries(former) }
    return { kind: 'branch', pages: changed, versions }
  }
}
