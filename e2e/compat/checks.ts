import { readFileSync } from 'node:fs'

/** What is checked of each row, and which of the tests do it, by their tag and project. */
const checks = {
  state: { tag: 'state', projects: ['child', 'node'] },
  bridge: { tag: 'state', projects: ['bridge'] },
  requests: { tag: 'requests', projects: ['child', 'node'] },
  build: { tag: 'build', projects: ['child', 'node'] },
  incremental: {
    tag: 'incremental',
    projects: ['child', 'node'],
  },
  fallback: { tag: 'fallback', projects: ['child', 'node'] },
} as const

export type CheckName = keyof typeof checks

export interface Outcome {
  passed: number
  failed: number
  /** What the terminal says of what cannot work. */
  message?: string
}

export type Outcomes = Partial<Record<CheckName, Outcome>>

/** Playwright's JSON report, as far as it is read. */
interface Suite {
  suites?: Suite[]
  specs: {
    tags: string[]
    tests: {
      projectName: string
      status: 'expected' | 'unexpected' | 'flaky' | 'skipped'
      annotations: { type: string; description?: string }[]
    }[]
  }[]
}

export interface Stats {
  expected: number
  unexpected: number
  flaky: number
}

/** What came of each check, from Playwright's report. One that no test was run for is absent. */
export function readReport(file: string): { outcomes: Outcomes; stats: Stats } {
  const report = JSON.parse(readFileSync(file, 'utf8')) as { suites: Suite[]; stats: Stats }
  const specs = report.suites.flatMap(specsOf)
  const outcomes: Outcomes = {}
  for (const name of Object.keys(checks) as CheckName[]) {
    const { tag, projects } = checks[name]
    const tests = specs
      .filter(({ tags }) => tags.includes(tag))
      .flatMap((spec) => spec.tests)
      .filter(({ projectName }) => projects.some((project) => project === projectName))
    if (tests.length === 0) continue
    const passed = tests.filter(({ status }) => status === 'expected').length
    const message = tests
      .flatMap(({ annotations }) => annotations)
      .find(({ type }) => type === 'not available')?.description
    outcomes[name] = { passed, failed: tests.length - passed, ...(message && { message }) }
  }
  const { expected, unexpected, flaky } = report.stats
  return { outcomes, stats: { expected, unexpected, flaky } }
}

function specsOf(suite: Suite): Suite['specs'] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)]
}
