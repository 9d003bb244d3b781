import { runSequence } from './sequence.ts'
import type { Outcome, SequenceOptions } from './sequence.ts'
import type { Finding, Subject } from './session.ts'
import { shrink } from './shrink.ts'
import { createPlan } from './steps/plan.ts'
import type { Plan } from './steps/plan.ts'

export interface ExploreOptions extends Pick<
  SequenceOptions,
  'environments' | 'oracle' | 'patience' | 'subject' | 'onStep'
> {
  seed: number
  length: number
  /** Some of the steps; all, unless given. */
  indices?: number[] | undefined
  isShrinking: boolean
}

export interface Exploration {
  plan: Plan
  outcome: Outcome
  /** Steps that are enough, if something was wrong. */
  minimal: { indices: number[]; finding: Finding } | undefined
  /** What plain Vite has wrong as well. */
  plainToo: { finding: Finding; indices: number[] }[]
}

/** Milliseconds that are enough where a sequence is run only to see whether it does the same. */
const SHORT_PATIENCE = 5000

/** Runs the sequence of a seed. What is wrong is compared with plain Vite, and made small. */
export async function explore(options: ExploreOptions): Promise<Exploration> {
  const { seed, length, subject } = options
  const plan = createPlan(seed, length)
  const all = plan.steps.map((_, index) => index)
  const plainToo: Exploration['plainToo'] = []
  const outcome = await runSequence({
    ...options,
    plan,
    indices: options.indices ?? all,
    async mayGoOn(findings, taken) {
      const excused = await findPlainToo(options, plan, taken, findings)
      for (const finding of excused) plainToo.push({ finding, indices: taken })
      return excused.length === findings.length
    },
  })
  const [first] = outcome.findings
  if (!first) return { plan, outcome, minimal: undefined, plainToo }

  const own = async (indices: number[]): Promise<Finding | undefined> => {
    const again = await runSequence({
      ...options,
      onStep: () => {},
      plan,
      indices,
      patience: SHORT_PATIENCE,
      mayGoOn: async (findings, taken) => {
        const excused = await findPlainToo(options, plan, taken, findings)
        return excused.length === findings.length
      },
    })
    return again.findings.find(({ fault }) => fault === first.fault)
  }
  const whole = { indices: outcome.taken, finding: first }
  const isWorthIt = options.isShrinking && subject.plugin !== undefined
  return { plan, outcome, minimal: isWorthIt ? await shrink(whole, own) : whole, plainToo }
}

/** Those of the findings that plain Vite has wrong as well, after the same steps. */
async function findPlainToo(
  { environments, oracle, subject }: ExploreOptions,
  plan: Plan,
  indices: number[],
  findings: Finding[],
): Promise<Finding[]> {
  if (subject.plugin === undefined) return []
  const plain: Subject = { ...subject, plugin: undefined }
  const { findings: last, isForgiven } = await runSequence({
    plan,
    indices,
    subject: plain,
    environments,
    oracle,
    patience: SHORT_PATIENCE,
    mayGoOn: () => true,
  })
  // A plain server that has died answers for every page.
  const hasDied = last.some(({ fault }) => fault === 'died')
  return findings.filter((finding) => hasDied || isForgiven(finding))
}
