import type { Exploration } from './explore.ts'
import { textOf } from './judge/answer.ts'
import type { Answer } from './judge/answer.ts'
import type { Finding } from './session.ts'
import { describeStep } from './steps/step.ts'
import type { Plan } from './steps/plan.ts'

/** A line for each step that did something. */
export function printStep(plan: Plan, index: number, findings: Finding[] | undefined): void {
  if (!findings) return
  const step = plan.steps[index]
  const text = step ? describeStep(step) : 'start'
  console.log(`  ${String(index).padStart(3)} ${findings.length > 0 ? '✗' : '·'} ${text}`)
}

/** One line for a sequence. */
export function printSequence({ plan, outcome, plainToo }: Exploration, seconds: number): void {
  const { findings, taken, tally } = outcome
  const plain = plainToo.length > 0 ? `, ${plainToo.length} wrong in plain Vite, too` : ''
  console.log(
    `seed ${plan.seed}: ${findings.length > 0 ? 'FAULT' : 'fine'}, ${taken.length} steps in ` +
      `${seconds.toFixed(0)} s, ${tally.added} additions, ${tally.fellBack} fallbacks, ` +
      `${tally.reloads} reloads${plain}`,
  )
}

/** What it takes to see a fault again. */
export function printFault(exploration: Exploration): void {
  const { plan, minimal } = exploration
  if (!minimal) return
  const { finding, indices } = minimal
  console.log(`\n${titleOf(finding)}`)
  console.log(`  replay: --replay ${replayOf(plan, indices)}`)
  printSetting(plan)
  for (const index of indices) console.log(`  ${describeStep(plan.steps[index]!)}`)
  console.log(`  expected: ${describeAnswer(finding.expected)}`)
  console.log(`  actual:   ${describeAnswer(finding.answer)}\n`)
}

export function printSetting({ world, hasHttpCache }: Plan): void {
  const pages = [...world.pages].map(([name, { imports, isAccepting }]) => {
    const ids = imports.map(({ id, style }) => `${id} (${style})`).join(', ')
    return `${name}${isAccepting ? ', accepting' : ''}: ${ids || 'nothing'}`
  })
  const cache = hasHttpCache ? 'a browser that caches' : 'a browser without cache'
  console.log(`  ${world.layout} layout, ${cache}, pages { ${pages.join('; ')} }`)
}

export const titleOf = ({ fault, page, environment, server }: Finding): string =>
  `${fault}: page ${page || '?'}, ${environment}, ${server} server`

export const replayOf = ({ seed }: Plan, indices: number[]): string => `${seed}:${indices.join(',')}`

function describeAnswer({ shown, error }: Answer): string {
  if (error !== undefined) return `error: ${error.split('\n').slice(0, 6).join(' ⏎ ').slice(0, 600)}`
  const text = textOf(shown!)
  return text.replaceAll(/"(mark|parts)":/g, '').replaceAll('"', '').slice(0, 1500)
}

/** What is kept of a sequence in a file. */
export function resultOf({ plan, outcome, minimal, plainToo }: Exploration): object {
  const describe = (indices: number[]) => indices.map((index) => describeStep(plan.steps[index]!))
  const about = (finding: Finding, indices: number[]) => ({
    what: titleOf(finding),
    replay: replayOf(plan, indices),
    steps: describe(indices),
    expected: describeAnswer(finding.expected),
    actual: describeAnswer(finding.answer),
    output: finding.output,
  })
  return {
    seed: plan.seed,
    steps: outcome.taken.length,
    ...outcome.tally,
    ...(minimal && { fault: about(minimal.finding, minimal.indices) }),
    plainToo: plainToo.map(({ finding, indices }) => about(finding, indices)),
  }
}
