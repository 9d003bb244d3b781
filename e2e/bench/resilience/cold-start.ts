import { Application } from './application.ts'
import { Counter } from './counter.ts'
import { DevServer } from './dev-server.ts'
import type { Setup } from './dev-server.ts'
import { addHiddenDependency } from './edits.ts'
import { lateDependencies } from './late-dependencies.ts'
import { Ledger } from './ledger.ts'
import type { Tally } from './ledger.ts'
import { readReloads } from './reloads.ts'
import type { Reloads } from './reloads.ts'

const REQUESTS = 10

export interface ColdStart {
  tally: Tally
  /** Milliseconds from starting the server to the last of the answers. */
  duration: number
  reloads: Reloads
}

/**
 * The first requests of a cold dev server come all at once, half of them calls of an action, and need
 * dependencies that the start-up scan has not found.
 */
export async function runColdStart(setup: Setup): Promise<ColdStart> {
  for (const target of ['client', 'action']) {
    addHiddenDependency(lateDependencies.find((each) => each.target === target)!).save()
  }
  await using counter = await Counter.start()
  const start = performance.now()
  await using server = await DevServer.start(setup)
  const application = new Application(server.url, counter.url)
  const ledger = new Ledger()
  const requests = Array.from({ length: REQUESTS }, async (_, number) => {
    const isCall = number % 2 === 1
    ledger.add(await (isCall ? application.callAction() : application.getPage()), 'steady')
  })
  await Promise.all(requests)
  const duration = performance.now() - start
  return { tally: ledger.tally(counter), duration, reloads: readReloads(server.output) }
}
