import type { IncrementalDepsApi } from '../src/index.ts'
import type { Expectation } from './expectations.ts'
import { whenIdle } from './server.ts'
import type { Corpus } from './server.ts'
import { differences } from './surface.ts'
import type { Surface } from './surface.ts'

export interface Discovery {
  environment: string
  ids: string[]
  outcome: 'added' | 'fell back' | 'known already'
  /** The plugin's, for falling back. */
  reason?: string
  /** What is not as plain Vite has it. */
  wrong: string[]
  reloads: number
  duration: number
}

/** Imports dependencies at once, for the first time, and compares them with what is expected. */
export async function discover(
  { sides }: Corpus,
  api: IncrementalDepsApi,
  environment: string,
  expected: Map<string, Expectation>,
  ids: string[],
): Promise<Discovery> {
  const side = sides[environment]!
  const [seen, { reloads }] = [api.reports.length, side]
  const start = performance.now()
  const compare = async (id: string) => {
    const { url, surface, error } = expected.get(id)!
    try {
      const actual = (await side.evaluator.call(url)) as Surface
      return surface ? differences(surface, actual) : []
    } catch (failure) {
      return error ? [] : [String(failure)]
    }
  }
  let found = await Promise.all(ids.map(compare))
  const duration = performance.now() - start
  await whenIdle(side)
  const sent = side.reloads - reloads
  if (sent > 0) {
    // Whoever imports while Vite re-optimizes may fail, with or without the plugin.
    await side.evaluator.reload()
    found = await Promise.all(ids.map(compare))
  }

  const reports = api.reports.slice(seen).filter((report) => report.environment === environment)
  const reasons = reports.flatMap(({ fellBack }) => (fellBack === undefined ? [] : gist(fellBack)))
  return {
    environment,
    ids,
    outcome: reasons.length > 0 ? 'fell back' : reports.length > 0 ? 'added' : 'known already',
    ...(reasons.length > 0 && { reason: [...new Set(reasons)].join('; ') }),
    wrong: found.flatMap((each, at) => each.map((what) => `${ids[at]}: ${what}`)),
    reloads: sent,
    duration,
  }
}

/** What Rolldown says for one error of a plugin, or for many of them. */
function gist(reason: string): string {
  return (/^Error: (.*)$/m.exec(reason)?.[1] ?? reason).replaceAll(/\/\S*\/node_modules\//g, '')
}
