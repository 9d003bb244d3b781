import type { CheckName, Outcome } from './checks.ts'
import type { RowResult } from './run-row.ts'

const START = '<!-- compat: written by `pnpm compat --write` -->'
const END = '<!-- /compat -->'

const columns: { title: string; cell: (result: RowResult, notes: string[]) => string }[] = [
  { title: 'Vite', cell: ({ row }) => row.vite },
  { title: '`@cloudflare/vite-plugin`', cell: ({ row }) => row.cloudflare?.plugin ?? 'none' },
  { title: 'state survives', cell: outcomeOf('state') },
  { title: 'bridge topology', cell: outcomeOf('bridge') },
  { title: 'no request fails', cell: outcomeOf('requests') },
  { title: 'added without a reload', cell: incremental },
  { title: 'build, preview', cell: outcomeOf('build') },
]

function outcomeOf(name: CheckName): (result: RowResult) => string {
  return ({ outcomes }) => verdict(outcomes[name])
}

function verdict(outcome: Outcome | undefined): string {
  if (!outcome) return '–'
  return outcome.failed === 0 ? '✓' : 'fails'
}

/** Where it cannot work, what the terminal says instead, as a note. */
function incremental({ outcomes }: RowResult, notes: string[]): string {
  const message = outcomes.fallback?.message
  if (message === undefined) return verdict(outcomes.incremental)
  if (outcomes.fallback?.failed !== 0) return 'fails'
  if (!notes.includes(message)) notes.push(message)
  return `no (${notes.indexOf(message) + 1})`
}

/** The rows as a Markdown table, in the form that the formatter gives it, and its notes. */
export function tableOf(results: RowResult[]): string {
  const notes: string[] = []
  const cells = [
    columns.map(({ title }) => title),
    ...results.map((result) => columns.map(({ cell }) => cell(result, notes))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]!.length)))
  const lines = cells.map((row) => line(row.map((text, index) => text.padEnd(widths[index]!))))
  lines.splice(1, 0, line(widths.map((width) => '-'.repeat(width))))
  const listed = notes.map((note, index) => `${index + 1}. At start: \`${note}\``)
  return [lines.join('\n'), ...(listed.length > 0 ? [listed.join('\n')] : [])].join('\n\n')
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** @throws {Error} if the README has no place for it. */
export function putTable(readme: string, table: string): string {
  const [before, rest] = split(readme, START)
  const [, after] = split(rest, END)
  return `${before}${START}\n\n${table}\n\n${END}${after}`
}

/** The lines of `results` that the README says otherwise. Their padding may differ. */
export function outdatedLines(readme: string, results: RowResult[]): string[] {
  const [, rest] = split(readme, START)
  const [table] = split(rest, END)
  const known = new Set(table.split('\n').map(normalize))
  return tableOf(results)
    .split('\n')
    .filter((each) => !/^[|\s-]*$/.test(each) && !known.has(normalize(each)))
}

const normalize = (text: string): string => text.replaceAll(/\s+/g, ' ')

function split(text: string, marker: string): [string, string] {
  const index = text.indexOf(marker)
  if (index === -1) throw new Error(`README.md has no line "${marker}".`)
  return [text.slice(0, index), text.slice(index + marker.length)]
}
