import { setTimeout as sleep } from 'node:timers/promises'
import { Application } from '../resilience/application.ts'
import { Counter } from '../resilience/counter.ts'
import { DevServer } from '../resilience/dev-server.ts'
import type { Setup } from '../resilience/dev-server.ts'
import { Ledger } from '../resilience/ledger.ts'
import type { Tally } from '../resilience/ledger.ts'
import { generateLoad } from '../resilience/load.ts'
import { kinds, showModule, timeEdit } from './edits.ts'
import type { Kind } from './edits.ts'

/** Requests a second. */
const RATE = 25
/** Milliseconds from an edit being served to the next, so that its reload is not taken for that one's. */
const BETWEEN_EDITS = 700

export interface Session extends Setup {
  tally: Tally
  edits: { kind: Kind; number: number; milliseconds: number | undefined }[]
}

/** One dev server under load, while it is edited: so many times in each kind, in turn. */
export async function runSession(setup: Setup, timesEach: number): Promise<Session> {
  showModule()
  await using counter = await Counter.start()
  await using server = await DevServer.start(setup)
  const application = new Application(server.url, counter.url)
  await application.firstPage()

  const ledger = new Ledger()
  const edits: Session['edits'] = []
  const stop = new AbortController()
  const load = generateLoad(RATE, stop.signal, async (number) => {
    const isCall = number % 3 === 2
    ledger.add(await (isCall ? application.callAction() : application.getPage()), 'plain')
  })
  try {
    for (let number = 0; number <= timesEach; number++) {
      for (const kind of kinds) {
        const milliseconds = await timeEdit(application, kind, number)
        // The first of each finds nothing warm.
        if (number > 0) edits.push({ kind, number, milliseconds })
        if (milliseconds === undefined) await server.restart()
        await sleep(BETWEEN_EDITS)
      }
    }
  } finally {
    stop.abort()
    await load
  }
  return { ...setup, tally: ledger.tally(counter), edits }
}
