import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createProject, installed } from './project.ts'

const run = promisify(execFile)

const spec = `
  import { expect, test } from 'vitest'
  import { defineRwState } from 'rwsdk/__state'
  import { define } from 'dependency'
  test('one module', () => expect(define).toBe(defineRwState))`

const config = (options: string): string => `
  import { statePlugin } from '@holdfast/vite-state-plugin'
  export default { plugins: [statePlugin()], test: { ${options} } }`

test.for([
  ['in Node', ''],
  // What jsdom and happy-dom are: code of the client environment, run in Node.
  ['in the client environment', `environment: './environment.js'`],
  ['in a VM', `pool: 'vmThreads'`],
] as const)('works under Vitest %s', async ([, options]) => {
  await using project = await createProject({
    'package.json': '{ "type": "module", "dependencies": { "dependency": "*" } }',
    ...installed(
      'dependency',
      { 'index.js': `export { defineRwState as define } from 'rwsdk/__state'` },
      {
        type: 'module',
        exports: './index.js',
        peerDependencies: { '@holdfast/vite-state-plugin': '*' },
      },
    ),
    'vitest.config.js': config(options),
    'environment.js': `
      export default {
        name: 'dom', viteEnvironment: 'client', setup: () => ({ teardown() {} }),
      }`,
    'state.test.js': spec,
  })
  const vitest = path.join(project.root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--reporter=json', '--outputFile=report.json']
  await run(process.execPath, args, { cwd: project.root }).catch((error) => {
    throw new Error(`${error.stdout}\n${error.stderr}`)
  })
  const report: unknown = JSON.parse(await readFile(path.join(project.root, 'report.json'), 'utf8'))
  expect(report).toMatchObject({ numPassedTests: 1, numTotalTests: 1 })
})
