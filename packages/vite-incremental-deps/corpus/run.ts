/**
 * Compares what `incrementalDeps()` gives for packages that people use with what plain Vite gives.
 *
 *     node corpus/run.ts [--no-each] [--orders 20] [--seed 1] [--only id,id]
 *       [--plugin ../dist/index.mjs] [--root <temporary project>] [--json results.json]
 *       [--chromium /usr/bin/chromium]
 *
 * First each dependency by itself, unless `--no-each`, then all of them in random orders.
 *
 *     node corpus/run.ts --equal [--only id,case] [--environment worker,client] [--no-marks]
 *       [--control] [--plugin …] [--root …] [--json …] [--chromium …]
 *
 * Late equals early: for generated packages (`equal/fixtures`), each dependency and groups of them,
 * a server with the plugin adds them late, and a server of plain Vite has them in
 * `optimizeDeps.include`. Compares the evaluated modules, their order, and all exports. `--no-marks`
 * leaves modules as they are and compares only exports; `--control` has plain Vite on both sides.
 *
 * Needs Node 24, a built `dist`, Chromium and, once, the npm registry. Exits with 1 if anything is
 * wrong, there twice, reloaded or lost; with `--equal`, if a difference is not listed in
 * `known-differences.ts`, or a listed one does not occur.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Plugin } from 'vite'
import type { IncrementalDepsApi } from '../src/index.ts'
import { runComparisons } from './equal/run.ts'
import { unitsOf } from './equal/units.ts'
import { findExpectations } from './expectations.ts'
import { early, idsOf, late } from './packages.ts'
import { random, shuffled } from './random.ts'
import { isWrong, printDiscovery, printSession, printUnusual } from './report.ts'
import { runSession } from './session.ts'
import type { Session } from './session.ts'
import { Workspace } from './workspace.ts'

const { values } = parseArgs({
  allowNegative: true,
  options: {
    each: { type: 'boolean', default: true },
    orders: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    plugin: { type: 'string', default: path.join(import.meta.dirname, '../dist/index.mjs') },
    root: { type: 'string', default: path.join(tmpdir(), 'incremental-deps-corpus') },
    json: { type: 'string' },
    equal: { type: 'boolean', default: false },
    environment: { type: 'string' },
    marks: { type: 'boolean', default: true },
    control: { type: 'boolean', default: false },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
})
const { incrementalDeps } = (await import(pathToFileURL(path.resolve(values.plugin)).href)) as {
  incrementalDeps: () => Plugin<IncrementalDepsApi>
}

// So that what runs at exit does: a browser outlives the process that started it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const workspace = new Workspace(values.root)
workspace.install([...early, ...late])
const only = values.only?.split(',')
const plugin = path.resolve(values.plugin)
if (values.equal) {
  const environments = values.environment?.split(',') ?? ['worker', 'client']
  const { chromium, json, marks: isMarked } = values
  const common = { workspace, environments, chromium, isMarked }
  const options = values.control ? common : { ...common, plugin }
  process.exit((await runComparisons(unitsOf(only), options, json)) ? 0 : 1)
}
const ids = idsOf(late).filter((id) => only?.includes(id) ?? true)

const plain = await findExpectations(workspace, [...idsOf(early), ...idsOf(late)], values.chromium)
for (const [environment, { modules, failures }] of Object.entries(plain)) {
  for (const [id, { error }] of modules) {
    if (error) console.log(`plain Vite, ${environment}, ${id}: ${error}`)
  }
  for (const failure of failures) console.log(`plain Vite, ${environment}, ${failure}`)
}

const sessions: Record<string, Session> = {}
const run = async (name: string, batches: string[][], onDiscovery?: typeof printDiscovery) => {
  const session = await runSession({
    workspace,
    name,
    plugin: incrementalDeps(),
    expectations: plain,
    batches,
    chromium: values.chromium,
    ...(onDiscovery && { onDiscovery }),
  })
  sessions[name] = session
  printSession(name, session)
}
if (values.each) {
  await run(
    'one-by-one',
    ids.map((id) => [id]),
    printDiscovery,
  )
}
for (let order = 0; order < Number(values.orders); order++) {
  const seed = Number(values.seed) + order
  const next = random(seed)
  const batches: string[][] = []
  for (let rest = shuffled(ids, next); rest.length > 0;) {
    batches.push(rest.splice(0, 1 + Math.floor(next() * 4)))
  }
  await run(`seed-${seed}`, batches, printUnusual)
}

if (values.json) {
  const surfaces = Object.entries(plain).map(([name, { failures }]) => [name, { failures }])
  const results = { plain: Object.fromEntries(surfaces) as object, sessions }
  writeFileSync(values.json, JSON.stringify(results, undefined, 2))
}
process.exitCode = Object.values(sessions).some((session) => isWrong(session)) ? 1 : 0
