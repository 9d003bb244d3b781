import path from 'node:path'
import type { Plugin } from 'vite'
import type { IncrementalDepsApi } from '../src/index.ts'
import { Browser } from './browser.ts'
import { discover } from './discovery.ts'
import type { Discovery } from './discovery.ts'
import type { Expectations } from './expectations.ts'
import { bundledTwice, evaluatedTwice } from './instances.ts'
import { startServer, whenIdle } from './server.ts'
import type { Workspace } from './workspace.ts'

export interface Session {
  discoveries: Discovery[]
  /** By environment, after everything has been discovered. */
  checks: Record<string, { doubles: string[]; failures: string[]; lostMarks: string[] }>
}

export interface SessionOptions {
  workspace: Workspace
  name: string
  plugin: Plugin<IncrementalDepsApi>
  expectations: Expectations
  /** What is imported at once, one batch after another. */
  batches: string[][]
  chromium: string
  onDiscovery?: (discovery: Discovery) => void
}

/** One cold server on which dependencies are discovered late, and then used together. */
export async function runSession(options: SessionOptions): Promise<Session> {
  const { workspace, name, plugin, expectations, batches, chromium, onDiscovery } = options
  const cacheDir = workspace.cacheDirectory(name)
  await using corpus = await startServer({ root: workspace.root, cacheDir, plugins: [plugin] })
  await using _ = new Browser(chromium, corpus.server.resolvedUrls!.local[0]!)
  const discoveries: Discovery[] = []
  const checks: Session['checks'] = {}
  for (const [environment, side] of Object.entries(corpus.sides)) {
    const { evaluator } = side
    await evaluator.call('/first.js')
    await whenIdle(side)
    side.reloads = 0
    // Only what a first run has brought in for good is to be kept.
    await evaluator.call('/first.js')

    const { modules, failures: expected } = expectations[environment]!
    for (const batch of batches) {
      const discovery = await discover(corpus, plugin.api!, environment, modules, batch)
      discoveries.push(discovery)
      onDiscovery?.(discovery)
    }
    // Before anything that this run may have left out is imported.
    const lostMarks = (await evaluator.call('/marks.js')) as string[]
    // May discover what this run has left out, and fall back for it.
    await evaluator.call('/use.js').catch(() => undefined)
    await whenIdle(side)
    // What a reload leaves behind for good counts, what passes with it is Vite's.
    if (side.reloads > 0) await evaluator.reload()
    const failures = (await evaluator.call('/use.js')) as string[]
    const directory = path.join(cacheDir, environment === 'client' ? 'deps' : `deps_${environment}`)
    checks[environment] = {
      doubles: [...bundledTwice(directory), ...evaluatedTwice(await evaluator.instances())],
      failures: failures.filter((failure) => !expected.includes(failure)),
      lostMarks,
    }
  }
  return { discoveries, checks }
}
