// Adds up what the test runners have reported: Vitest and Playwright, each in its own JSON.
import { globSync, readFileSync } from 'node:fs'

const reports = ['packages/*', 'apps/*', 'e2e'].flatMap((directory) =>
  globSync(`${directory}/test-results/*.json`),
)
const totals = { passed: 0, failed: 0 }

for (const report of reports) {
  const { stats, numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  totals.passed += stats ? stats.expected : numPassedTests
  totals.failed += stats ? stats.unexpected + stats.flaky : numFailedTests
}

console.log(`${totals.passed} passed, ${totals.failed} failed`)
