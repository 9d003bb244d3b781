import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Case } from '../corpus/equal/case.ts'
import { configOf } from '../corpus/equal/config.ts'
import { differences, lineOf } from '../corpus/equal/differences.ts'
import { cases } from '../corpus/equal/fixtures/index.ts'
import { EVALUATIONS } from '../corpus/equal/mark.ts'
import { Judge } from '../corpus/equal/judge.ts'
import type { Observation } from '../corpus/equal/observation.ts'
import { observe } from '../corpus/equal/observe.ts'
import { sourceOfEarly } from '../corpus/equal/sources.ts'
import { known } from '../corpus/known-differences.ts'
import { createProject, RELOADING } from './project.ts'
import type { Project } from './project.ts'
import { optimized } from './vite-internals.ts'

const evaluations = globalThis as { [EVALUATIONS]?: string[] }
const appFile = (name: string) =>
  readFile(new URL(`../corpus/project/${name}`, import.meta.url), 'utf8')

/** What is seen of a case in the ssr environment, with its late dependencies added or not late. */
async function observeCase(
  project: Project,
  each: Case,
  { isLate, isMarked }: { isLate: boolean; isMarked: boolean },
): Promise<Observation> {
  const { early, late, probe } = each
  const { plugins, resolve, optimizeDeps: own } = configOf(each.config, isMarked)
  const optimizeDeps = { ...own, include: isLate ? [] : late }
  evaluations[EVALUATIONS] = []
  const server = await project.serve({
    plugin: isLate,
    early,
    config: {
      cacheDir: project.file(`node_modules/.vite-${isLate ? 'late' : 'plain'}`),
      plugins,
      resolve,
      optimizeDeps,
      environments: { ssr: { optimizeDeps } },
    },
  })
  const app = {
    write: (name: string, code: string) => project.write({ [name]: code }),
    async call(name: string) {
      const { default: run } = await server.runner.import<{ default: () => unknown }>(`/${name}`)
      return run()
    },
    idle: () => optimized(server.ssr.depsOptimizer!),
  }
  const observation = await observe(app, { early, ids: late, ...(probe && { probe }) })
  await server.close()
  const reasons = server.reports.flatMap(({ fellBack }) => fellBack ?? [])
  return { ...observation, fellBack: [...reasons, ...server.log.matching(RELOADING)] }
}

// Marked modules have an effect, so that the bundler drops none of them unless it is told to.
describe.each([
  ['what is evaluated and exported', true],
  ['what modules export that are left as they are', false],
])('%s', (_what, isMarked) => {
  test.for(cases)('$name', async (each) => {
    await using project = await createProject({
      'evaluations.js': await appFile('evaluations.js'),
      'observe.js': await appFile('observe.js'),
      'first.js': sourceOfEarly(each.early),
      ...Object.fromEntries(
        Object.entries(each.files).map(([name, code]) => [`node_modules/${name}`, code]),
      ),
    })
    const plain = await observeCase(project, each, { isLate: false, isMarked })
    const late = await observeCase(project, each, { isLate: true, isMarked })
    expect(plain.fellBack).toEqual([])
    const evaluated = plain.steps.flatMap((step) => [...step.evaluated, ...step.touched])
    expect(evaluated.filter((id) => each.notEvaluated?.includes(id))).toEqual([])
    // What is listed for a server environment holds for all of them.
    const judge = new Judge(isMarked ? known : [])
    const unit = { name: each.name, early: each.early, ids: each.late, case: each }
    const { worker = [] } = judge.unlisted(unit, { worker: differences(plain, late) })
    expect(worker.map(lineOf)).toEqual([])
    expect(judge.outdated).toEqual([])
  })
})
