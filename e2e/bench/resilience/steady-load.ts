import { setTimeout as sleep } from 'node:timers/promises'
import { Application } from './application.ts'
import { Counter } from './counter.ts'
import { DevServer } from './dev-server.ts'
import type { Setup } from './dev-server.ts'
import type { Figures } from './figures-plugin.ts'
import type { Target } from './late-dependencies.ts'
import { Ledger } from './ledger.ts'
import type { Tally } from './ledger.ts'
import { generateLoad } from './load.ts'
import { planEdits } from './plan.ts'
import { timeEdit } from './probe.ts'
import { readReloads } from './reloads.ts'
import type { Reloads } from './reloads.ts'
import { visit } from './visit.ts'
import type { Visit } from './visit.ts'

/** Milliseconds that are not measured, for connections to be opened and code to be compiled. */
const WARM_UP = 3000
/** Milliseconds without an edit in which the latency is measured. */
const CALM = 6000
/** Milliseconds from an edit being served to the next, so that its reload is not taken for that one's. */
const BETWEEN_EDITS = 1000

interface TimedEdit {
  target: Target
  dependency: string | undefined
  /** Requests that were due between this edit and the next. */
  failed: number
  /** From the save to the first correct answer; absent if there was none. */
  milliseconds?: number | undefined
  reloads?: Reloads
}

export interface SteadyLoad {
  /** Milliseconds from starting the server to its first correct page. */
  coldStart: number
  visit: Visit
  tally: Tally
  /** Milliseconds from when a request was due to its answer, in the calm before the first edit. */
  latencies: number[]
  edits: TimedEdit[]
  reloads: Reloads
  /** Times that the server had to be restarted because it did not recover. */
  restarts: number
  figures: Figures
}

/** One dev server from a cold cache, under steady load, while its sources are edited. */
export async function runSteadyLoad(
  setup: Setup,
  rate: number,
  dependencies: number,
): Promise<SteadyLoad> {
  await using counter = await Counter.start()
  const start = performance.now()
  await using server = await DevServer.start(setup)
  const application = new Application(server.url, counter.url)
  await application.firstPage()
  const coldStart = performance.now() - start
  const visited = await visit(server.url)

  const ledger = new Ledger()
  const latencies: number[] = []
  const edits: TimedEdit[] = []
  let isCalm = false
  let restarts = 0

  const stop = new AbortController()
  const load = generateLoad(rate, stop.signal, async (number, due) => {
    const edit = edits.at(-1)
    const wasCalm = isCalm
    const phase = edit ? (edit.dependency === undefined ? 'plain' : 'dependency') : 'steady'
    const isCall = number % 3 === 2
    const result = await (isCall ? application.callAction() : application.getPage())
    ledger.add(result, phase)
    if (wasCalm) latencies.push(performance.now() - due)
    if (edit && result.fault !== undefined) edit.failed++
  })
  await sleep(WARM_UP)
  isCalm = true
  await sleep(CALM)
  isCalm = false

  for (const edit of planEdits(dependencies)) {
    const printed = server.output.length
    const { target, dependency } = edit
    const timed: TimedEdit = { target, dependency, failed: 0 }
    edits.push(timed)
    timed.milliseconds = await timeEdit(server.url, counter.url, edit)
    if (timed.milliseconds === undefined) {
      restarts++
      await server.restart()
    }
    await sleep(BETWEEN_EDITS)
    timed.reloads = readReloads(server.output.slice(printed))
  }
  stop.abort()
  await load

  return {
    coldStart,
    visit: visited,
    tally: ledger.tally(counter),
    latencies,
    edits,
    reloads: readReloads(server.output),
    restarts,
    figures: await server.figures(),
  }
}
