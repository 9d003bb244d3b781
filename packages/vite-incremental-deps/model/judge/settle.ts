import { setTimeout } from 'node:timers/promises'
import type { Fleet, ServerName } from '../servers/fleet.ts'
import type { EnvironmentName } from '../servers/config.ts'
import type { Answer } from './answer.ts'
import type { Fault } from './judge.ts'

/** One page of one server. */
export interface Check {
  server: ServerName
  environment: EnvironmentName
  page: string
}

export interface Verdict extends Check {
  fault: Fault | 'died'
  answer: Answer
}

/** Milliseconds between two looks, the first and all that follow. */
const [SHORT, LONG] = [40, 250]

/**
 * Asks until everything is right: a request may be overtaken by a reload, but not for ever.
 *
 * @returns what is wrong after `patience` milliseconds.
 */
export async function settle(
  fleet: Fleet,
  checks: Check[],
  find: (check: Check, answer: Answer) => Fault | undefined,
  { isAtOnce, patience }: { isAtOnce: boolean; patience: number },
): Promise<Verdict[]> {
  const deadline = Date.now() + patience
  const verdictOf = async (check: Check): Promise<Verdict[]> => {
    const answer = await fleet.ask(check.server, check.environment, check.page)
    const fault = fleet.hasDied(check.server) ? 'died' : find(check, answer)
    return fault ? [{ ...check, fault, answer }] : []
  }
  for (let pause = SHORT; ; pause = Math.min(LONG, pause * 2)) {
    let verdicts: Verdict[] = []
    if (isAtOnce) verdicts = (await Promise.all(checks.map(verdictOf))).flat()
    else for (const check of checks) verdicts.push(...(await verdictOf(check)))
    const hasDied = verdicts.some(({ fault }) => fault === 'died')
    if (hasDied || Date.now() > deadline) return verdicts
    // What is right while an optimizer works may be overtaken, too.
    if (verdicts.length === 0 && !(await fleet.isBusy())) return []
    await setTimeout(pause)
  }
}
