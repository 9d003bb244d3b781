import type { Discovery } from './discovery.ts'
import type { Session } from './session.ts'

const pad = (value: string | number, width: number) => String(value).padEnd(width)

/** One line: what became of what was discovered, and why. */
export function printDiscovery(discovery: Discovery): void {
  const { environment, ids, outcome, reason, wrong, reloads, duration } = discovery
  const result = wrong.length > 0 ? 'WRONG' : outcome
  const columns = [pad(environment, 7), pad(ids.join(', '), 34), pad(result, 14)]
  columns.push(pad(reloads > 0 ? `${reloads} reload` : '', 9), pad(`${Math.round(duration)} ms`, 9))
  console.log([...columns, ...wrong.slice(0, 3), reason ?? ''].join(' ').trimEnd())
}

/** The same, only for what was not just added. */
export function printUnusual(discovery: Discovery): void {
  const { reason, wrong, reloads } = discovery
  if (reason !== undefined || wrong.length > 0 || reloads > 0) printDiscovery(discovery)
}

/** One line for each session and environment. */
export function printSession(name: string, { discoveries, checks }: Session): void {
  for (const [environment, { doubles, failures, lostMarks }] of Object.entries(checks)) {
    const own = discoveries.filter((each) => each.environment === environment)
    const count = (is: (each: Discovery) => boolean) => own.filter(is).length
    console.log(
      `${pad(name, 10)} ${pad(environment, 7)} ` +
        `${count(({ outcome }) => outcome === 'added')} added, ` +
        `${count(({ outcome }) => outcome === 'fell back')} fell back, ` +
        `${own.reduce((sum, { reloads }) => sum + reloads, 0)} reloads, ` +
        `${count(({ wrong }) => wrong.length > 0)} wrong, ${doubles.length} doubles, ` +
        `${failures.length} failures, lost: ${lostMarks.join() || 'nothing'}`,
    )
    for (const problem of [...doubles, ...failures].slice(0, 12)) console.log(`    ${problem}`)
  }
}

/** Whether anything was reloaded, lost, there twice, or not as plain Vite has it. */
export function isWrong({ discoveries, checks }: Session): boolean {
  return (
    discoveries.some(({ wrong, reloads }) => wrong.length > 0 || reloads > 0) ||
    Object.values(checks).some(
      ({ doubles, failures, lostMarks }) => doubles.length + failures.length + lostMarks.length > 0,
    )
  )
}
