// Adds up what the test runners have reported: Vitest and Playwright, each in its own JSON. Runs on
// whatever Node a bare machine has.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const directories = ['e2e', ...['apps', 'packages'].flatMap(children)]
const totals = { passed: 0, failed: 0 }

for (const directory of directories) {
  const results = `${directory}/test-results`
  if (!existsSync(results)) continue
  for (const file of readdirSync(results)) {
    if (file.endsWith('.json')) add(JSON.parse(readFileSync(`${results}/${file}`, 'utf8')))
  }
}

console.log(`${totals.passed} passed, ${totals.failed} failed`)

function children(directory) {
  return readdirSync(directory).map((name) => `${directory}/${name}`)
}

function add({ stats, numPassedTests, numFailedTests }) {
  totals.passed += stats ? stats.expected : numPassedTests
  totals.failed += stats ? stats.unexpected + stats.flaky : numFailedTests
}
