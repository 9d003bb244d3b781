import { setTimeout as sleep } from 'node:timers/promises'
import { Application } from './application.ts'
import { Counter } from './counter.ts'
import { DevServer } from './dev-server.ts'
import type { Setup } from './dev-server.ts'
import type { Figures } from './figures-plugin.ts'
import type { Target } from './late-dependencies.ts'
import { Ledger } from './ledger.ts'
import type { Phase, Tally } from './ledger.ts'
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
  /** From the save to the first correct answer; absent if there was none. */
  milliseconds: number | undefined
  reloads: Reloads
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
  let phase: Phase = 'steady'
  let isCalm = false
  let restarts = 0

  const stop = new AbortController()
  const load = generateLoad(rate, stop.signal, async (number, due) => {
    const [phaseWhenDue, wasCalm] = [phase, isCalm]
    if (number % 3 === 2) ledger.addCall(await application.callAction(), phaseWhenDue)
    else ledger.add(await application.getPage(), phaseWhenDue)
    if (wasCalm) latencies.push(performance.now() - due)
  })
  await sleep(WARM_UP)
  isCalm = true
  await sleep(CALM)
  isCalm = false

  for (const edit of planEdits(dependencies)) {
    const printed = server.output.length
    phase = edit.dependency === undefined ? 'plain' : 'dependency'
    const milliseconds = await timeEdit(server.url, counter.url, edit)
    if (milliseconds === undefined) {
      restarts++
      await server.restart()
    }
    await sleep(BETWEEN_EDITS)
    const { target, dependency } = edit
    const reloads = readReloads(server.output.slice(printed))
    edits.push({ target, dependency, milliseconds, reloads })
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
