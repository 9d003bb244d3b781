import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { exec } from '../outside/exec.ts'
import { packAll, repository } from '../outside/packages.ts'
import { TemporaryDirectory } from '../outside/temporary-directory.ts'
import type { Stats } from './checks.ts'
import { rows } from './rows.ts'
import { runRow } from './run-row.ts'
import type { RowResult } from './run-row.ts'
import { outdatedLines, putTable, tableOf } from './table.ts'

const usage = `Usage: pnpm compat [--rows NAMES] [--write]

  --rows NAMES  some of ${rows.map(({ name }) => name).join(',')}
  --write       puts the table into README.md, for which all rows have to run
`

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(usage)
else if (values.write && values.rows !== undefined) {
  throw new Error(`The table has all rows.\n\n${usage}`)
} else await run()

async function run(): Promise<void> {
  const results = await runAll()
  const report = path.join(import.meta.dirname, '../test-results/compat.json')
  mkdirSync(path.dirname(report), { recursive: true })
  writeFileSync(report, JSON.stringify({ stats: statsOf(results), rows: results }, undefined, 2))
  console.log(`\n${tableOf(results)}\n`)

  const file = path.join(repository, 'README.md')
  const readme = readFileSync(file, 'utf8')
  if (values.write) writeFileSync(file, putTable(readme, tableOf(results)))
  else {
    const outdated = outdatedLines(readme, results)
    if (outdated.length > 0) {
      console.error(
        `README.md does not say so; \`pnpm compat --write\` does it:\n${outdated.join('\n')}`,
      )
      process.exitCode = 1
    }
  }
  if (statsOf(results).unexpected > 0) process.exitCode = 1
}

async function runAll(): Promise<RowResult[]> {
  const chosen = choose(values.rows)
  await using temporary = await TemporaryDirectory.create()
  const packages = await packInto(path.join(temporary.path, 'packages'))
  const results: RowResult[] = []
  for (const row of chosen) {
    const { name, vite, cloudflare } = row
    console.log(`\n${name}: Vite ${vite}${cloudflare ? `, Cloudflare ${cloudflare.plugin}` : ''}`)
    const directory = path.join(temporary.path, name)
    results.push(await runRow(row, directory, packages))
    rmSync(directory, { recursive: true })
  }
  return results
}

/** What a project installs the packages from, by their names, and a library that uses them. */
async function packInto(directory: string): Promise<Record<string, string>> {
  mkdirSync(directory)
  const library = path.join(import.meta.dirname, 'commonjs-library')
  const pack = ['pack', '--loglevel=error', '--pack-destination', directory]
  const libraryFile = (await exec('npm', pack, { cwd: library })).trim()
  return Object.fromEntries([
    ['commonjs-library', `file:${path.join(directory, libraryFile)}`],
    ...(await packAll(repository, directory)).map(({ name, filename }) => [
      name,
      `file:${filename}`,
    ]),
  ]) as Record<string, string>
}

function choose(names: string | undefined) {
  if (names === undefined) return rows
  return names.split(',').map((name) => {
    const row = rows.find((each) => each.name === name)
    if (!row) throw new Error(`There is no row "${name}".\n\n${usage}`)
    return row
  })
}

function statsOf(results: RowResult[]): Stats {
  const sum = (key: keyof Stats) => results.reduce((total, { stats }) => total + stats[key], 0)
  return { expected: sum('expected'), unexpected: sum('unexpected'), flaky: sum('flaky') }
}
