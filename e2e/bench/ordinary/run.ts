/**
 * What users of the harness notice while it is edited without any new dependency, with the packages,
 * without some, and without all: `pnpm bench:ordinary [edits of each kind] [modes] [topologies]`.
 */
import { readCount } from '../read-count.ts'
import type { Setup } from '../resilience/dev-server.ts'
import { onHarness } from '../resilience/on-harness.ts'
import { printTable } from '../resilience/print-table.ts'
import { median, ratio, sum } from '../resilience/statistics.ts'
import { kinds } from './edits.ts'
import { runSession } from './session.ts'
import type { Session } from './session.ts'

const TIMES_EACH = readCount(10)
const [modes = 'off,on,no-gate,no-once', topologies = 'child,bridge'] = process.argv.slice(3)

const sessions: Session[] = []
for (const topology of topologies.split(',') as Setup['topology'][]) {
  for (const holdfast of modes.split(',') as Setup['holdfast'][]) {
    const session = await onHarness(() => runSession({ topology, holdfast }, TIMES_EACH))
    sessions.push(session)
    const { failures, examples } = session.tally
    console.log(topology, holdfast, failures)
    if (process.env['SHOW']) console.log(examples)
  }
}

printTable(
  'Ordinary edits under 25 requests a second',
  sessions.map(({ topology, holdfast, tally, edits }) => ({
    topology,
    holdfast,
    edits: edits.length,
    requests: tally.requests,
    failed: tally.failed,
    'dependencies evaluated again': sum(timesAgain(tally, (name) => !name.endsWith(' app'))),
    'application evaluated again': sum(timesAgain(tally, (name) => name.endsWith(' app'))),
    'never correct': edits.filter(({ milliseconds }) => milliseconds === undefined).length,
  })),
)
printTable(
  'Save → first correct answer, median milliseconds (the median of what each edit is to plain Vite)',
  sessions.map((session) => ({
    topology: session.topology,
    holdfast: session.holdfast,
    ...Object.fromEntries(
      [...kinds, undefined].map((kind) => [kind ?? 'all', timeOf(session, kind)]),
    ),
  })),
)

function timesAgain({ evaluatedAgain }: Session['tally'], of: (name: string) => boolean): number[] {
  return Object.entries(evaluatedAgain)
    .filter(([name]) => of(name))
    .map(([, { plain }]) => plain)
}

function timeOf({ topology, edits }: Session, kind: string | undefined): string {
  const ofKind = edits.filter((edit) => kind === undefined || edit.kind === kind)
  const plain = sessions.find((one) => one.topology === topology && one.holdfast === 'off')
  const ratios = ofKind.flatMap(({ kind: one, number, milliseconds }) => {
    const base = plain?.edits.find((edit) => edit.kind === one && edit.number === number)
    return ratio(milliseconds, base?.milliseconds) ?? []
  })
  const time = median(ofKind.flatMap(({ milliseconds }) => milliseconds ?? []))
  return `${Math.round(time ?? NaN)} (${median(ratios)?.toFixed(2)})`
}
