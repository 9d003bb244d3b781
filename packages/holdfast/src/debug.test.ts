import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test.each([
  ['holdfast', true],
  ['holdfast:*', true],
  ['vite:*, holdfast*', true],
  ['*', true],
  ['holdfast:deps', false],
  ['vite:*', false],
  ['', false],
])('DEBUG=%j: %j', (DEBUG, isOn) => {
  const module = JSON.stringify(new URL('debug.ts', import.meta.url).href)
  const code = `import { debug } from ${module}; debug('said')`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...process.env, DEBUG },
    encoding: 'utf8',
  })
  expect(stderr.includes('said'), stderr).toBe(isOn)
})
