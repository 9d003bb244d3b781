/**
 * Random sequences of what people do while a dev server runs. After each step every page must say
 * what a freshly started plain Vite says of the same files.
 *
 *     node model/run.ts [--sequences 20] [--steps 12] [--seed 1] [--replay <seed>[:<step>,<step>…]]
 *       [--environment ssr|client|both] [--json results.json] [--no-shrink]
 *
 * Needs Node 24. Exits with 1 if anything was wrong.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { explore } from './explore.ts'
import { describeFault, describeProject, printSequence, printStep, resultOf } from './report.ts'
import type { EnvironmentName } from './servers/config.ts'
import { Oracle } from './servers/oracle.ts'
import { createPlan } from './steps/plan.ts'

const { values } = parseArgs({
  allowNegative: true,
  options: {
    sequences: { type: 'string', default: '20' },
    steps: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    environment: { type: 'string', default: 'both' },
    json: { type: 'string' },
    shrink: { type: 'boolean', default: true },
  },
})

// So that what runs at exit does: servers outlive the process that started them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const environments: EnvironmentName[] =
  values.environment === 'both' ? ['ssr', 'client'] : [values.environment as EnvironmentName]
const isReplay = values.replay !== undefined
const [replayed, kept] = values.replay?.split(':') ?? []
const replayedSteps = kept?.split(',').map(Number)
const length = Math.max(Number(values.steps), ...(replayedSteps ?? []).map((index) => index + 1))
const first = Number(replayed ?? values.seed)
const count = isReplay ? 1 : Number(values.sequences)

using oracle = new Oracle()
const results: object[] = []
const total = { steps: 0, comparisons: 0, wrong: 0, staysWrong: 0, plainToo: 0 }
for (let seed = first; seed < first + count; seed++) {
  const plan = createPlan(seed, length)
  if (isReplay) console.log(`  ${describeProject(plan)}`)
  const start = performance.now()
  const exploration = await explore({
    plan,
    indices: replayedSteps ?? [...plan.steps.keys()],
    environments,
    oracle,
    isShrinking: values.shrink && !isReplay,
    onStep: isReplay ? (index, findings) => printStep(plan, index, findings) : undefined,
  })
  printSequence(plan, exploration, (performance.now() - start) / 1000)
  if (exploration.minimal) console.log(`\n${describeFault(plan, exploration)}\n`)
  const { outcome, minimal, plainToo } = exploration
  total.steps += outcome.taken.length
  total.comparisons += outcome.tally.comparisons
  total.plainToo += plainToo.length
  if (minimal) total.wrong++
  if (outcome.staysWrong) total.staysWrong++
  results.push(resultOf(plan, exploration))
  if (values.json) writeFileSync(values.json, JSON.stringify(results, undefined, 2))
}

console.log(
  `${results.length} sequences, ${total.steps} steps, ${total.comparisons} comparisons: ` +
    `${total.wrong} wrong, ${total.staysWrong} of them after a restart as well; ` +
    `${total.plainToo} answers wrong in plain Vite, too`,
)
process.exitCode = total.wrong > 0 ? 1 : 0
