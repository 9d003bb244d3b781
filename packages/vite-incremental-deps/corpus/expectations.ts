import { Browser } from './browser.ts'
import { startServer } from './server.ts'
import type { Surface } from './surface.ts'
import type { Workspace } from './workspace.ts'

export interface Expectation {
  url: string
  surface?: Surface
  /** Why plain Vite cannot have it here. */
  error?: string
}

/** By environment: what plain Vite gives when everything is optimized from the start. */
export type Expectations = Record<string, { modules: Map<string, Expectation>; failures: string[] }>

export async function findExpectations(
  workspace: Workspace,
  ids: string[],
  executable: string,
): Promise<Expectations> {
  const cacheDir = workspace.cacheDirectory('plain')
  await using corpus = await startServer({ root: workspace.root, cacheDir, include: ids })
  await using _ = new Browser(executable, corpus.server.resolvedUrls!.local[0]!)
  const expectations: Expectations = {}
  for (const [name, { evaluator }] of Object.entries(corpus.sides)) {
    const modules = new Map<string, Expectation>()
    for (const id of ids) {
      let url = workspace.writeImport(id, false)
      try {
        const names = (await evaluator.call(url)) as Surface
        const hasDefault = 'default' in names.names
        if (hasDefault) url = workspace.writeImport(id, true)
        modules.set(id, {
          url,
          surface: hasDefault ? ((await evaluator.call(url)) as Surface) : names,
        })
      } catch (error) {
        modules.set(id, { url, error: String(error) })
      }
    }
    const failures = (await evaluator.call('/use.js')) as string[]
    expectations[name] = { modules, failures }
  }
  return expectations
}
