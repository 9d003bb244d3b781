import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sources } from '@holdfast/app-request-info/sources'
import type { SwitchName } from '@holdfast/app-request-info/sources'
import { expect, test } from './fixture.ts'
import { appRoot } from './server.ts'

const filesOfSwitch: Record<SwitchName, string[]> = {
  'server-component': ['src/components/server-component.tsx', 'src/page.tsx'],
  'client-component': ['src/components/client-component.tsx', 'src/page.tsx'],
  'server-action': ['src/actions.ts'],
  'plain-module': ['src/plain-module.ts', 'src/worker.tsx'],
}
const files = [...new Set(Object.values(filesOfSwitch).flat())]
const read = () => files.map((file) => readFileSync(path.join(appRoot, file), 'utf8'))

/** Which files are not as they were. */
const changedSince = (before: string[]) => {
  const now = read()
  return files.filter((_file, index) => now[index] !== before[index])
}

function toggle(...args: string[]) {
  return spawnSync(process.execPath, ['scripts/toggle.ts', ...args], {
    cwd: appRoot,
    encoding: 'utf8',
  })
}

test.beforeEach(sources.reset)
test.afterEach(sources.reset)

for (const name of sources.switchNames) {
  test(`${name} flips its own lines there and back`, () => {
    const before = read()
    expect(toggle(name, 'on').status).toBe(0)
    const on = read()
    expect(changedSince(before).toSorted()).toEqual(filesOfSwitch[name].toSorted())
    expect(toggle(name, 'on').status).toBe(0)
    expect(read(), 'on twice is on').toEqual(on)
    expect(toggle(name, 'off').status).toBe(0)
    expect(read()).toEqual(before)
  })
}

for (const name of sources.switchNames) {
  test(`${name} is flipped part by part`, () => {
    const before = read()
    expect(sources.setPart(name, 0, true)).toBe(true)
    expect(sources.setPart(name, 0, true)).toBe(false)
    expect(changedSince(before)).toEqual([filesOfSwitch[name][0]])
    expect(sources.setPart(name, 1, true)).toBe(true)
    const on = read()
    expect(sources.setSwitch(name, true), 'both parts are the switch').toBe(false)
    expect(sources.setSwitch(name, false)).toBe(true)
    expect(read()).toEqual(before)
    sources.setSwitch(name, true)
    expect(read()).toEqual(on)
  })
}

test('line endings are kept', () => {
  const file = path.join(appRoot, 'src/actions.ts')
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
  sources.edit('src/actions.ts', 'callServerAction', 'callAnotherAction')
  for (const name of sources.switchNames) sources.setSwitch(name, true)
  const file = path.join(appRoot, 'src/page.tsx')
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
  const file = path.join(appRoot, 'src/actions.ts')
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
