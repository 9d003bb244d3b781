import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Tally } from './servers/fleet.ts'
import { Session } from './session.ts'
import type { Finding, SessionOptions } from './session.ts'

export interface SequenceOptions extends Omit<SessionOptions, 'directory'> {
  /** Called with what is wrong. Whether to go on, with those pages set aside. */
  mayGoOn?: (findings: Finding[], taken: number[]) => Promise<boolean> | boolean
  onStep?: (index: number, findings: Finding[] | undefined) => void
}

export interface Outcome {
  /** What ended the sequence. */
  findings: Finding[]
  /** Steps for which there was something to do. */
  taken: number[]
  tally: Tally
  /** Whether a page is set aside at the end. */
  isForgiven: (finding: Finding) => boolean
}

/** Runs steps of a plan, one after another, until something is wrong. */
export async function runSequence(options: SequenceOptions): Promise<Outcome> {
  const { indices, mayGoOn, onStep } = options
  const directory = mkdtempSync(path.join(realpathSync(tmpdir()), 'incremental-deps-model-'))
  await using session = new Session({ ...options, directory })
  const { fleet, memory } = session
  const taken: number[] = []
  const ended = (findings: Finding[]): Outcome => ({
    findings,
    taken,
    tally: fleet.tally,
    isForgiven: ({ server, environment, page }) =>
      fleet.has(server) && memory.isForgiven(server, environment, page),
  })
  const judge = async (index: number, check: Promise<Finding[] | undefined>): Promise<Finding[]> => {
    const findings = await check.catch((error: unknown) => [failure(index, error)])
    onStep?.(index, findings)
    if (!findings) return []
    if (index >= 0) taken.push(index)
    if (findings.length === 0) return []
    const isOver = findings.some(({ fault }) => fault === 'died')
    if (!(await mayGoOn?.(findings, [...taken])) || isOver) return findings
    for (const { server, environment, page } of findings) memory.forgive(server, environment, page)
    return []
  }

  let findings = await judge(-1, session.begin())
  for (const index of indices) {
    if (findings.length > 0) break
    findings = await judge(index, session.take(index))
  }
  const last = taken.at(-1)
  if (findings.length === 0 && last !== undefined) {
    findings = await session.end(last)
    if (findings.length > 0 && (await mayGoOn?.(findings, [...taken]))) findings = []
  }
  return ended(findings)
}

/** A server that does not start, or a request for its state that fails. */
const failure = (index: number, error: unknown): Finding => ({
  index,
  server: 'main',
  environment: 'ssr',
  page: '',
  fault: 'died',
  answer: { error: String(error) },
  expected: { error: 'none' },
  output: error instanceof Error ? (error.stack ?? '') : '',
})
