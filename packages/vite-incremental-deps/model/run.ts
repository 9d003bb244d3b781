/**
 * Random sequences of what people do while a dev server runs. After each step every page must say
 * what a freshly started plain Vite says of the same files.
 *
 *     node model/run.ts [--sequences 20] [--steps 15] [--seed 1] [--replay <seed>[:<step,step>]]
 *       [--environment ssr|client|both] [--plugin dist/index.mjs] [--json results.json]
 *       [--no-shrink]
 *
 * `--plugin` is a module that exports `incrementalDeps` or `holdfast`, or `none` for plain Vite.
 * Needs Node 24 and a built `dist`. Exits with 1 if anything was wrong.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { explore } from './explore.ts'
import type { Exploration } from './explore.ts'
import { printFault, printSequence, printSetting, printStep, resultOf } from './report.ts'
import type { EnvironmentName } from './servers/config.ts'
import { Oracle } from './servers/oracle.ts'
import { subjectOf } from './servers/subject-of.ts'
import { createPlan } from './steps/plan.ts'

const { values } = parseArgs({
  allowNegative: true,
  options: {
    sequences: { type: 'string', default: '20' },
    steps: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    environment: { type: 'string', default: 'both' },
    plugin: { type: 'string', default: path.join(import.meta.dirname, '../dist/index.mjs') },
    json: { type: 'string' },
    shrink: { type: 'boolean', default: true },
  },
})

// So that what runs at exit does: servers outlive the process that started them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const environments: EnvironmentName[] =
  values.environment === 'both' ? ['ssr', 'client'] : [values.environment as EnvironmentName]
const [replayed, kept] = values.replay?.split(':') ?? []
const indices = kept?.split(',').map(Number)
const length = Math.max(Number(values.steps), ...(indices ?? []).map((index) => index + 1))
const first = Number(replayed ?? values.seed)
const count = values.replay === undefined ? Number(values.sequences) : 1

using oracle = new Oracle()
const explorations: Exploration[] = []
for (let seed = first; seed < first + count; seed++) {
  const plan = createPlan(seed, length)
  if (values.replay !== undefined) printSetting(plan)
  const start = performance.now()
  const exploration = await explore({
    seed,
    length,
    indices,
    environments,
    oracle,
    subject: subjectOf(values.plugin),
    patience: 10_000,
    isShrinking: values.shrink && values.replay === undefined,
    onStep: (index, findings) => {
      if (values.replay !== undefined) printStep(plan, index, findings)
    },
  })
  explorations.push(exploration)
  printSequence(exploration, (performance.now() - start) / 1000)
  printFault(exploration)
  if (values.json) writeFileSync(values.json, JSON.stringify(explorations.map(resultOf), undefined, 2))
}

const faults = explorations.filter(({ minimal }) => minimal).length
console.log(`${explorations.length} sequences, ${faults} with a fault`)
process.exitCode = faults > 0 ? 1 : 0
