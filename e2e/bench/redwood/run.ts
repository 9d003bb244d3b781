/**
 * How long it takes, in the RedwoodSDK application, from saving an import of a dependency that is new
 * to the first correct page: RedwoodSDK with Holdfast and as it is, in turn.
 */
import { parseArgs } from 'node:util'
import { sources } from '@holdfast/app-redwood/sources'
import { printTable } from '../resilience/print-table.ts'
import { median, sum } from '../resilience/statistics.ts'
import { kinds } from './edits.ts'
import type { Kind } from './edits.ts'
import { installLatePackage } from './late-package.ts'
import { runSession } from './session.ts'
import type { Mode, Session } from './session.ts'

const ALLOWED_RATIO = 0.35
/** Servers of each mode, so that what a machine does meanwhile is spread over both. */
const SESSIONS = 2

const { edits } = parseArgs({ options: { edits: { type: 'string', default: '6' } } }).values
const perKind = Number(edits)
if (!Number.isInteger(perKind) || perKind < 1) {
  throw new Error(`--edits is "${edits}"; it has to be a whole number from 1.`)
}

const sessions: Record<Mode, Session[]> = { off: [], on: [] }
for (let count = 0; count < SESSIONS; count++) {
  // One more of each kind, which is not measured; the last session may have fewer.
  const measured = Math.floor((perKind + count) / SESSIONS)
  if (measured === 0) continue
  const numbers = Array.from({ length: (measured + 1) * kinds.length }, (_value, number) => number)
  using _ = installLatePackage(sources.root, numbers.length)
  // Neither is always the second.
  for (const mode of count % 2 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
    const session = await runSession(mode, numbers)
    sessions[mode].push(session)
    if (mode === 'off' && session.reloads < numbers.length) {
      throw new Error(`Only ${session.reloads} of ${numbers.length} edits made plain Vite reload.`)
    }
  }
}

const total = (mode: Mode, what: 'reloads' | 'unseen'): number =>
  sum(sessions[mode].map((session) => session[what]))
const timesOf = (mode: Mode, kind: Kind): number[] =>
  sessions[mode].flatMap(({ times }) => times[kind])
const medianOf = (mode: Mode, kind: Kind): number => median(timesOf(mode, kind)) ?? Number.NaN

function row(edit: string, off: number, on: number) {
  return {
    edit,
    'plain RedwoodSDK': Math.round(off),
    'with Holdfast': Math.round(on),
    ratio: (on / off).toFixed(2),
  }
}

// Plain RedwoodSDK answers some calls of an edited action before its reload, which comes all the
// same; so what decides is what one edit of each kind takes.
const [off, on] = (['off', 'on'] as const).map((mode) =>
  sum(kinds.map((kind) => medianOf(mode, kind))),
) as [number, number]
printTable(`Save → first correct page, median of ${perKind} edits of each kind, milliseconds`, [
  ...kinds.map((kind) => row(kind, medianOf('off', kind), medianOf('on', kind))),
  row(`one of each (at most ${ALLOWED_RATIO})`, off, on),
])
for (const mode of ['off', 'on'] as const) {
  const [reloads, unseen] = [total(mode, 'reloads'), total(mode, 'unseen')]
  console.log(`HOLDFAST=${mode}: ${reloads} reloading re-optimizations, ${unseen} edits never seen`)
}
// A ratio to nothing is not at most anything.
if (!(on / off <= ALLOWED_RATIO) || total('on', 'unseen') > 0) process.exitCode = 1
