import type { ActionResult, Result } from './application.ts'
import type { Counter } from './counter.ts'
import type { Fault } from './checks.ts'

/** What goes on when a request is due: nothing, or what was edited last. */
type Phase = 'steady' | 'dependency' | 'plain'

/** The beginning of an answer that went wrong, so that its cause can be looked for. */
const EXAMPLE_LENGTH = 10_000

export interface Tally {
  requests: number
  failed: number
  failures: Record<Fault, number>
  /** One answer of each kind. */
  examples: Record<Fault, string>
  failedIn: Record<Phase, number>
  /** How often a module was evaluated again, by its name and by what was edited last. */
  evaluatedAgain: Record<string, Record<Phase, number>>
  /** How often the state's id was one that had not been seen yet, the first apart. */
  stateResets: number
  actions: {
    calls: number
    /** Ran more than once. */
    ranTwice: number
    /** Was answered as a success and did not run. */
    lost: number
    /** Ran and was answered as a failure, so that a user would call again. */
    unacknowledged: number
  }
}

/** Keeps account of answers. */
export class Ledger {
  readonly #results: Result[] = []
  readonly #calls: ActionResult[] = []
  readonly #failedIn = { steady: 0, dependency: 0, plain: 0 }
  readonly #instances = new Map<string, number>()
  readonly #evaluatedAgain: Tally['evaluatedAgain'] = {}

  add(result: Result | ActionResult, phase: Phase): void {
    const isRight = result.fault === undefined
    // There are thousands of them.
    this.#results.push(isRight ? { ...result, body: '' } : result)
    if ('key' in result) this.#calls.push(result)
    if (!isRight) this.#failedIn[phase]++
    for (const [, name, count] of result.body.matchAll(/((?:rsc|ssr) [-\w]+)=(\d+)/g)) {
      this.#count(name!, Number(count), phase)
    }
  }

  tally(counter: Counter): Tally {
    const failed = this.#results.filter(({ fault }) => fault !== undefined)
    const failures: Record<Fault, number> = {}
    const examples: Record<Fault, string> = {}
    for (const { fault, body } of failed) {
      failures[fault!] = (failures[fault!] ?? 0) + 1
      examples[fault!] ??= body.slice(0, EXAMPLE_LENGTH)
    }
    const states = new Set(this.#results.flatMap(({ stateId }) => stateId ?? []))
    const count = (has: (runs: number, failed: boolean) => boolean) =>
      this.#calls.filter(({ key, fault }) => has(counter.runs(key), fault !== undefined)).length
    return {
      requests: this.#results.length,
      failed: failed.length,
      failures,
      examples,
      failedIn: this.#failedIn,
      evaluatedAgain: this.#evaluatedAgain,
      stateResets: Math.max(0, states.size - 1),
      actions: {
        calls: this.#calls.length,
        ranTwice: count((runs) => runs > 1),
        lost: count((runs, isFailed) => runs === 0 && !isFailed),
        unacknowledged: count((runs, isFailed) => runs > 0 && isFailed),
      },
    }
  }

  #count(name: string, instances: number, phase: Phase): void {
    const before = this.#instances.get(name) ?? instances
    this.#instances.set(name, Math.max(before, instances))
    const counts = (this.#evaluatedAgain[name] ??= { steady: 0, dependency: 0, plain: 0 })
    counts[phase] += Math.max(0, instances - before)
  }
}
