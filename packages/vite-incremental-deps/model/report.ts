import type { Exploration } from './explore.ts'
import { textOf } from './judge/answer.ts'
import type { Answer } from './judge/answer.ts'
import type { Finding } from './session.ts'
import { describeStep } from './steps/step.ts'
import type { Plan } from './steps/plan.ts'

/** A line for each step that did something. */
export function printStep({ steps }: Plan, index: number, findings: Finding[]): void {
  const text = steps[index] ? describeStep(steps[index]) : 'start'
  console.log(`  ${String(index).padStart(3)} ${findings.length > 0 ? '✗' : '·'} ${text}`)
}

/** One line for a sequence. */
export function printSequence(plan: Plan, exploration: Exploration, seconds: number): void {
  const { outcome, plainToo } = exploration
  const { findings, taken, tally } = outcome
  const plain = plainToo.length > 0 ? `, ${plainToo.length} wrong in plain Vite, too` : ''
  console.log(
    `seed ${plan.seed}: ${findings.length > 0 ? 'FAULT' : 'fine'}, ${taken.length} steps in ` +
      `${seconds.toFixed(0)} s, ${tally.comparisons} comparisons, ${tally.added} additions, ` +
      `${tally.fellBack} fallbacks, ${tally.reloads} reloads${plain}`,
  )
}

/** What was wrong, and what it takes to see it again. */
export function describeFault(plan: Plan, { minimal, outcome }: Exploration): string {
  const { finding, indices } = minimal!
  return [
    `${titleOf(finding)}, ${outcome.staysWrong ? 'also' : 'not'} after a restart`,
    `replay: --replay ${plan.seed}:${indices.join(',')}`,
    describeProject(plan),
    ...indices.map((index) => describeStep(plan.steps[index]!)),
    `expected: ${describeAnswer(finding.expected)}`,
    `seen:     ${describeAnswer(finding.answer)}`,
  ].join('\n  ')
}

export function describeProject({ world, hasHttpCache }: Plan): string {
  const pages = [...world.pages].map(([name, { imports, isAccepting }]) => {
    const ids = imports.map(({ id, style }) => `${id} (${style})`).join(', ')
    return `${name}${isAccepting ? ', accepting' : ''}: ${ids || 'nothing'}`
  })
  const cache = hasHttpCache ? 'a browser that caches' : 'a browser without cache'
  return `${world.layout} layout, ${cache}, pages { ${pages.join('; ')} }`
}

const titleOf = ({ fault, page, environment, server }: Finding): string =>
  `${fault}: page ${page || '?'}, ${environment}, ${server} server`

function describeAnswer({ shown, error }: Answer): string {
  if (shown)
    return textOf(shown)
      .replaceAll(/"(mark|parts)":|"/g, '')
      .slice(0, 1500)
  return `error: ${error.split('\n').slice(0, 6).join(' ⏎ ').slice(0, 600)}`
}

/** What is kept of a sequence in a file. */
export function resultOf(plan: Plan, exploration: Exploration): object {
  const { outcome, minimal, plainToo } = exploration
  return {
    seed: plan.seed,
    steps: outcome.taken.length,
    ...outcome.tally,
    ...(minimal && {
      fault: describeFault(plan, exploration).split('\n'),
      staysWrong: outcome.staysWrong,
      output: minimal.finding.output.split('\n'),
    }),
    plainToo: plainToo.map((finding) => ({
      what: titleOf(finding),
      after: finding.index < 0 ? 'start' : describeStep(plan.steps[finding.index]!),
      expected: describeAnswer(finding.expected),
      seen: describeAnswer(finding.answer),
    })),
  }
}
