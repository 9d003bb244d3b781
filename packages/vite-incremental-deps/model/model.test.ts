import { expect, onTestFinished, test } from 'vitest'
import { explore } from './explore.ts'
import { describeFault } from './report.ts'
import { Oracle } from './servers/oracle.ts'
import { createPlan } from './steps/plan.ts'

const STEPS = 10

// A fault that is found by more sequences (`pnpm run model`) gets a unit test of its own.
test.each([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13])(
  'sequence %i: all pages say what fresh plain Vite says',
  async (seed) => {
    const oracle = new Oracle()
    onTestFinished(() => oracle[Symbol.dispose]())
    const plan = createPlan(seed, STEPS)
    const exploration = await explore({
      plan,
      indices: [...plan.steps.keys()],
      environments: ['ssr', 'client'],
      oracle,
      isShrinking: false,
    })
    expect(exploration.minimal && describeFault(plan, exploration)).toBeUndefined()
    expect(exploration.outcome.taken.length).toBeGreaterThan(STEPS / 2)
  },
  120_000,
)

test('the same seed gives the same sequence', () => {
  expect(createPlan(7, 20)).toEqual(createPlan(7, 20))
})
