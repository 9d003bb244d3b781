/**
 * Observes one side of a comparison and sends the result to the parent process. Each side has its
 * own process, because packages leave things on `globalThis` that the other side would find.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import type { IncrementalDepsApi } from '../../src/index.ts'
import { Browser } from '../browser.ts'
import { startServer, whenIdle } from '../server.ts'
import type { Corpus, Side } from '../server.ts'
import { configOf } from './config.ts'
import type { Mode } from './config.ts'
import { EVALUATIONS } from './mark.ts'
import type { Observation } from './observation.ts'
import { observe } from './observe.ts'
import type { App } from './observe.ts'
import { units } from './units.ts'

/** The options of a side, as JSON in its only argument. */
export interface SideOptions extends Mode {
  unit: string
  root: string
  cacheDir: string
  /** The file of the plugin; without it the side is plain Vite. */
  plugin?: string
  environments: string[]
  chromium: string
}

const options = JSON.parse(process.argv[2]!) as SideOptions
const unit = units.find(({ name }) => name === options.unit)!
const isLate = options.plugin !== undefined
;(globalThis as { [EVALUATIONS]?: string[] })[EVALUATIONS] = []

async function observeAll(): Promise<Record<string, Observation>> {
  const incremental = options.plugin === undefined ? undefined : await load(options.plugin)
  const { plugins, ...config } = configOf(unit.case?.config, options)
  await using corpus = await startServer({
    root: options.root,
    cacheDir: options.cacheDir,
    plugins: incremental ? [incremental, ...plugins] : plugins,
    include: isLate ? unit.early : [...unit.early, ...unit.ids],
    ...config,
  })
  await using _ = options.environments.includes('client') ? openPage(corpus) : undefined
  const found: Record<string, Observation> = {}
  for (const environment of options.environments) {
    const side = corpus.sides[environment]!
    const probe = unit.case?.probe
    await side.evaluator.call('/constant-random.js')
    const seen = await observe(appOf(side), {
      early: unit.early,
      ids: unit.ids,
      ...(probe !== undefined && { probe }),
    })
    found[environment] = { ...seen, fellBack: reasonsOf(incremental, environment, side) }
  }
  return found
}

async function load(plugin: string): Promise<Plugin<IncrementalDepsApi>> {
  const { incrementalDeps } = (await import(pathToFileURL(plugin).href)) as {
    incrementalDeps: () => Plugin<IncrementalDepsApi>
  }
  return incrementalDeps()
}

const openPage = ({ server }: Corpus): Browser =>
  new Browser(options.chromium, server.resolvedUrls!.local[0]!)

const appOf = (side: Side): App => ({
  write(name, code) {
    const file = path.join(options.root, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, code)
    return Promise.resolve()
  },
  call: (name) => side.evaluator.call(`/${name}`),
  idle: () => whenIdle(side),
})

/** Reasons for which the environment was not left as it was. */
function reasonsOf(
  incremental: Plugin<IncrementalDepsApi> | undefined,
  environment: string,
  { reloads }: Side,
): string[] {
  const own = (incremental?.api?.reports ?? []).filter(
    (report) => report.environment === environment,
  )
  const reasons = own.flatMap(({ fellBack }) => fellBack ?? [])
  return reloads > 0 && reasons.length === 0 ? [`${reloads} reloads`] : reasons
}

// Run the exit handlers: a browser outlives the process that started it.
process.once('SIGTERM', () => process.exit(1))
process.once('disconnect', () => process.exit(1))
process.send!(await observeAll())
