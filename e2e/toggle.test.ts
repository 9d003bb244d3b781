import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { edit } from '@holdfast/app-request-info/edits'
import { reset } from '@holdfast/app-request-info/reset'
import { setSwitch, switchNames } from '@holdfast/app-request-info/switches'
import { expect, test } from './fixture.ts'
import { appRoot } from './server.ts'

const sources = ['src/page.tsx', 'src/actions.ts', 'src/worker.tsx'].map((file) =>
  path.join(appRoot, file),
)
const read = () => sources.map((file) => readFileSync(file, 'utf8'))

function toggle(...args: string[]) {
  return spawnSync(process.execPath, ['scripts/toggle.ts', ...args], {
    cwd: appRoot,
    encoding: 'utf8',
  })
}

test.beforeEach(reset)
test.afterEach(reset)

for (const name of switchNames) {
  test(`${name} flips its own lines there and back`, () => {
    const before = read()
    expect(toggle(name, 'on').status).toBe(0)
    const on = read()
    expect(on.filter((source, index) => source !== before[index])).toHaveLength(1)
    expect(toggle(name, 'on').status).toBe(0)
    expect(read(), 'on twice is on').toEqual(on)
    expect(toggle(name, 'off').status).toBe(0)
    expect(read()).toEqual(before)
  })
}

test('line endings are kept', () => {
  const file = sources[1]!
  const source = readFileSync(file, 'utf8')
  try {
    const windows = source.replaceAll('\n', '\r\n')
    writeFileSync(file, windows)
    expect(toggle('server-action', 'on').status).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain("\r\nimport isOdd from 'is-odd'\r\n")
    expect(toggle('server-action', 'off').status).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(windows)
  } finally {
    writeFileSync(file, source)
  }
})

test('--reset turns everything off, completes a half-done flip and undoes edits', () => {
  const before = read()
  edit('src/actions.ts', 'callServerAction', 'callAnotherAction')
  for (const name of switchNames) setSwitch(name, true)
  const file = sources[0]!
  const half = readFileSync(file, 'utf8').replace(/^import \{ Server/m, '// import { Server')
  writeFileSync(file, half)
  expect(toggle('--reset').status).toBe(0)
  expect(read()).toEqual(before)
})

test('says what it did, and how it is used', () => {
  expect(toggle('plain-module', 'on').stdout).toBe('plain-module is on.\n')
  expect(toggle('plain-module', 'on').stdout).toBe('plain-module was already on.\n')
  expect(toggle('--reset').stdout).toBe('Everything is off.\n')
  expect(toggle().stdout).toContain('Usage: pnpm toggle <name> on|off')
})

for (const [args, message] of [
  [['servr-component', 'on'], 'There is no switch "servr-component"'],
  [['__proto__', 'on'], 'There is no switch "__proto__"'],
  [['plain-module'], 'A switch is "on" or "off", not ""'],
  [['plain-module', 'yes'], 'A switch is "on" or "off", not "yes"'],
  [['plain-module', 'on', 'off'], 'A switch is "on" or "off", not "on off"'],
] as const) {
  test(`refuses: toggle ${args.join(' ')}`, () => {
    const before = read()
    const { status, stderr } = toggle(...args)
    expect(status).toBe(1)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: pnpm toggle <name> on|off')
    expect(read()).toEqual(before)
  })
}

test('a region without an end is reported with its file, and nothing is written', () => {
  const file = sources[1]!
  const source = readFileSync(file, 'utf8')
  try {
    const broken = source.replaceAll('// #endregion\n', '')
    writeFileSync(file, broken)
    const { status, stderr } = toggle('server-action', 'on')
    expect(status).toBe(1)
    expect(stderr).toContain('src/actions.ts')
    expect(readFileSync(file, 'utf8')).toBe(broken)
  } finally {
    writeFileSync(file, source)
  }
})
