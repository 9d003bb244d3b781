import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { exec, tryToExec } from '../outside/exec.ts'
import { createProject } from '../outside/project.ts'
import { playwright } from '../outside/playwright.ts'
import { adaptConfig } from './adapt.ts'
import { readReport } from './checks.ts'
import type { Outcomes, Stats } from './checks.ts'
import type { Row } from './rows.ts'

export interface RowResult {
  row: Row
  outcomes: Outcomes
  stats: Stats
  seconds: number
}

/** Installs a row's versions in a project in `directory` and runs the tests there. */
export async function runRow(
  row: Row,
  directory: string,
  packages: Record<string, string>,
): Promise<RowResult> {
  const start = performance.now()
  mkdirSync(directory)
  const { app, tests } = createProject(directory, {
    app: row.app === 'node' ? 'e2e/compat/node-app' : 'apps/request-info',
    versions: { ...packages, ...versionsOf(row) },
  })
  const major = Number.parseInt(row.vite)
  if (row.app === 'harness') adaptConfig(path.join(app, 'vite.config.ts'), major)

  // npm, because it refuses peers that do not fit.
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  await exec('npm', ['install', ...flags], { cwd: app })

  const projects = row.app === 'node' ? ['node'] : ['child', 'bridge']
  const args = [
    '--config=compat/playwright.config.ts',
    `--grep-invert=@${major >= 8 ? 'fallback' : 'incremental'}`,
    ...projects.map((name) => `--project=${name}`),
  ]
  await tryToExec(process.execPath, [playwright, 'test', ...args], { cwd: tests, isShown: true })
  const report = readReport(path.join(tests, 'compat/test-results/playwright.json'))
  return { row, ...report, seconds: Math.round((performance.now() - start) / 1000) }
}

function versionsOf({ vite, cloudflare, react }: Row): Record<string, string> {
  return {
    vite,
    ...(cloudflare && {
      '@cloudflare/vite-plugin': cloudflare.plugin,
      wrangler: cloudflare.wrangler,
    }),
    ...(react !== undefined && { '@vitejs/plugin-react': react }),
  }
}
