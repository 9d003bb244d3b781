import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { Case } from '../corpus/equal/case.ts'
import { configOf } from '../corpus/equal/config.ts'
import type { Mode } from '../corpus/equal/config.ts'
import { areOfOrder, differences, lineOf } from '../corpus/equal/differences.ts'
import { EVALUATIONS } from '../corpus/equal/mark.ts'
import { Judge, knownIn } from '../corpus/equal/judge.ts'
import type { Observation } from '../corpus/equal/observation.ts'
import { observe } from '../corpus/equal/observe.ts'
import { sourceOfEarly } from '../corpus/equal/sources.ts'
import { createProject, RELOADING } from './project.ts'
import type { Project } from './project.ts'
import { optimized } from './vite-internals.ts'

const evaluations = globalThis as { [EVALUATIONS]?: string[] }
const appFile = (name: string) =>
  readFile(new URL(`../corpus/project/${name}`, import.meta.url), 'utf8')

/** Observes a case in the ssr environment of a new server. */
async function observeCase(
  project: Project,
  each: Case,
  { isLate = false, ...mode }: Mode & { isLate?: boolean },
): Promise<Observation> {
  const { early, late, probe } = each
  const { plugins, resolve, optimizeDeps: own } = configOf(each.config, mode)
  const optimizeDeps = { ...own, include: isLate ? [] : late }
  evaluations[EVALUATIONS] = []
  const server = await project.serve({
    plugin: isLate,
    early,
    config: {
      cacheDir: project.file(
        `node_modules/.vite-${isLate ? 'late' : mode.isStrict ? 'strict' : 'plain'}`,
      ),
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

/** Expects a dependency that is added late to be as in plain Vite, which has it from the start. */
export async function expectEqual(each: Case, mode: Mode): Promise<void> {
  await using project = await createProject({
    'evaluations.js': await appFile('evaluations.js'),
    'observe.js': await appFile('observe.js'),
    'first.js': sourceOfEarly(each.early),
    ...Object.fromEntries(
      Object.entries(each.files).map(([name, code]) => [`node_modules/${name}`, code]),
    ),
  })
  const plain = await observeCase(project, each, mode)
  const late = await observeCase(project, each, { ...mode, isLate: true })
  expect(plain.fellBack).toEqual([])
  const evaluated = plain.steps.flatMap((step) => [...step.evaluated, ...step.touched])
  expect(evaluated.filter((id) => each.notEvaluated?.includes(id))).toEqual([])
  let found = differences(plain, late)
  if (areOfOrder(found)) {
    const strict = await observeCase(project, each, { ...mode, isStrict: true })
    found = differences(plain, late, strict)
  }
  // The list names the corpus' server environment.
  const judge = new Judge(knownIn(mode))
  const unit = { name: each.name, early: each.early, ids: each.late, case: each }
  const { worker = [] } = judge.unlisted(unit, { worker: found })
  expect(worker.map(lineOf)).toEqual([])
  expect(judge.outdated).toEqual([])
}
