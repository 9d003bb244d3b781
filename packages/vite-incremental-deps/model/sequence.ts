import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Fleet, Tally } from './servers/fleet.ts'
import { Session } from './session.ts'
import type { Finding, SessionOptions } from './session.ts'

export interface SequenceOptions extends Omit<SessionOptions, 'directory'> {
  /** Which of the plan's steps. */
  indices: number[]
  /** Called with what is wrong; returns what of it is to be set aside. */
  excuse?: (findings: Finding[], taken: number[]) => Promise<Finding[]> | Finding[]
  onStep?: ((index: number, findings: Finding[]) => void) | undefined
}

export interface Outcome {
  /** What ended the sequence. */
  findings: Finding[]
  /** Whether the first of these is wrong after a restart as well. */
  staysWrong: boolean
  /** Steps for which there was something to do. */
  taken: number[]
  tally: Tally & { comparisons: number }
  /** Whether a page is set aside at the end. */
  isForgiven: (finding: Finding) => boolean
}

/** Runs steps of a plan, one after another, until something is wrong. */
export async function runSequence(options: SequenceOptions): Promise<Outcome> {
  const { indices, excuse, onStep } = options
  const directory = mkdtempSync(path.join(realpathSync(tmpdir()), 'incremental-deps-model-'))
  await using session = new Session({ ...options, directory })
  const { fleet, memory } = session
  const taken: number[] = []
  const judge = async (
    index: number,
    check: Promise<Finding[] | undefined>,
  ): Promise<Finding[]> => {
    const findings = await check.catch((error: unknown) => [failure(index, error, fleet)])
    if (!findings) return []
    onStep?.(index, findings)
    if (index >= 0 && taken.at(-1) !== index) taken.push(index)
    if (findings.length === 0) return []
    const excused = (await excuse?.(findings, [...taken])) ?? []
    if (excused.length < findings.length) return findings.filter((one) => !excused.includes(one))
    // A server that has died cannot go on.
    if (findings.some(({ fault }) => fault === 'died')) return findings
    for (const { server, environment, page } of findings) memory.forgive(server, environment, page)
    return []
  }

  let findings = await judge(-1, session.begin())
  for (const index of indices) {
    if (findings.length === 0) findings = await judge(index, session.take(index))
  }
  const last = taken.at(-1)
  if (findings.length === 0 && last !== undefined) findings = await judge(last, session.end(last))
  return {
    findings,
    staysWrong: findings[0] !== undefined && (await session.staysWrong(findings[0])),
    taken,
    tally: { ...fleet.tally, comparisons: session.comparisons },
    isForgiven: ({ server, environment, page }) =>
      fleet.has(server) && memory.isForgiven(server, environment, page),
  }
}

/** A server that does not start, or a request for its state that fails. */
const failure = (index: number, error: unknown, fleet: Fleet): Finding => ({
  index,
  server: 'main',
  environment: 'ssr',
  page: '',
  fault: 'died',
  answer: { error: String(error) },
  expected: { error: 'none' },
  output: `${String((error as Error).stack)}\n${fleet.outputOf('main')}`,
})
