import { runSequence } from './sequence.ts'
import type { Outcome, SequenceOptions } from './sequence.ts'
import type { Finding } from './session.ts'
import { shrink } from './shrink.ts'

export interface ExploreOptions extends Omit<SequenceOptions, 'excuse' | 'isPlain' | 'patience'> {
  isShrinking: boolean
}

export interface Exploration {
  outcome: Outcome
  /** Steps that are enough, if something was wrong. */
  minimal: { indices: number[]; finding: Finding } | undefined
  /** What plain Vite has wrong as well. */
  plainToo: Finding[]
}

/** Milliseconds until what is wrong stays wrong. */
const PATIENCE = 10_000
/** The same where a sequence is run only to see whether it does the same. */
const SHORT_PATIENCE = 5000

/** Runs a sequence. What is wrong is compared with plain Vite, and made small. */
export async function explore(options: ExploreOptions): Promise<Exploration> {
  const plainToo: Finding[] = []
  const excuse = (findings: Finding[], taken: number[]) =>
    findPlainToo({ ...options, indices: taken }, findings)
  const outcome = await runSequence({
    ...options,
    isPlain: false,
    patience: PATIENCE,
    async excuse(findings, taken) {
      const excused = await excuse(findings, taken)
      plainToo.push(...excused)
      return excused
    },
  })
  const [finding] = outcome.findings
  if (!finding) return { outcome, minimal: undefined, plainToo }

  const whole = { indices: outcome.taken, finding }
  if (!options.isShrinking) return { outcome, minimal: whole, plainToo }
  const minimal = await shrink(whole, async (indices) => {
    const again = await runSequence({
      ...options,
      indices,
      isPlain: false,
      patience: SHORT_PATIENCE,
      onStep: undefined,
      excuse,
    })
    return again.findings.find(({ fault }) => fault === finding.fault)
  })
  return { outcome, minimal, plainToo }
}

/** Those of the findings that plain Vite has wrong as well, after the same steps. */
async function findPlainToo(
  options: Omit<SequenceOptions, 'excuse' | 'isPlain' | 'patience'>,
  findings: Finding[],
): Promise<Finding[]> {
  const { findings: last, isForgiven } = await runSequence({
    ...options,
    isPlain: true,
    patience: SHORT_PATIENCE,
    onStep: undefined,
    excuse: (all) => all,
  })
  // A plain server that has died answers for every page.
  const hasDied = last.some(({ fault }) => fault === 'died')
  return findings.filter((finding) => hasDied || isForgiven(finding))
}
