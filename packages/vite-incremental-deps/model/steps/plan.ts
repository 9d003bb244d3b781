import { Dice } from '../dice.ts'
import { createWorld } from '../project/world.ts'
import type { World } from '../project/world.ts'
import type { Asking } from './kind.ts'
import { kindOf, kinds } from './step.ts'
import type { KindName, Step } from './step.ts'

/** A project, and what will be done to it: the same for the same seed. */
export interface Plan {
  seed: number
  world: World
  /** Whether the browser keeps what it may keep. */
  hasHttpCache: boolean
  steps: Step[]
}

export function createPlan(seed: number, length: number): Plan {
  const dice = new Dice(seed)
  const world = createWorld(dice)
  const hasHttpCache = dice.chance(0.4)
  const plan: Plan = { seed, world: structuredClone(world), hasHttpCache, steps: [] }
  const names = Object.keys(kinds) as KindName[]
  const weights = Object.fromEntries(names.map((name) => [name, kindOf(name).weight]))
  // Vite's documentation: a dependency that was edited is seen without the browser's cache only.
  if (hasHttpCache) Object.assign(weights, { patch: 0, link: 0 })
  let hasSecond = false
  while (plan.steps.length < length) {
    const kind = dice.weighted(weights as Record<KindName, number>)
    const { choose, change } = kindOf(kind)
    const data = choose(dice, world, hasSecond)
    if (data === undefined || change?.(world, data) === false) continue
    if (kind === 'start second') hasSecond = true
    if (['stop second', 'damage cache'].includes(kind)) hasSecond = false
    plan.steps.push({ kind, data, asking: askingOf(dice, world, hasSecond) })
  }
  return plan
}

function askingOf(dice: Dice, world: World, hasSecond: boolean): Asking {
  const pages = [...world.pages.keys()]
  return {
    pages: dice.chance(0.7) ? pages : [dice.pick(pages)],
    first: hasSecond && dice.chance(0.3) ? 'second' : 'main',
    isAtOnce: dice.chance(0.2),
  }
}
