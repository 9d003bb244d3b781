export type Cell = string | number | undefined

/** With numbers to the right; `console.table` puts texts in quotes. */
export function printTable(title: string, rows: readonly Record<string, Cell>[]): void {
  if (rows.length === 0) return
  const names = Object.keys(rows[0]!)
  const widths = names.map((name) =>
    Math.max(name.length, ...rows.map((row) => String(row[name] ?? '').length)),
  )
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell = '', index) =>
        typeof cell === 'number'
          ? String(cell).padStart(widths[index]!)
          : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd()
  const body = rows.map((row) => line(names.map((name) => row[name])))
  console.log(
    ['', title, '', line(names), line(widths.map((width) => '─'.repeat(width))), ...body].join(
      '\n',
    ),
  )
}
