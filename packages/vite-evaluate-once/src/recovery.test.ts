import * as vite from 'vite'
import { beforeEach, expect, test } from 'vitest'
import { evaluateOnce } from './index.ts'
import type { Server } from './project.ts'
import { count, createProject, forgetCounts, majors, pack } from './project.ts'

beforeEach(forgetCounts)

/** As `mongoose.model()` or `customElements.define()`. */
const registry = pack(
  'registry',
  `evaluated('registry')
  const names = new Set()
  export const define = (name) => {
    if (names.has(name)) throw new Error(\`"\${name}" is defined already\`)
    names.add(name)
    return name
  }`,
)
const other = pack('other', `evaluated('other')`)
const models = `import { define } from 'registry'\nimport 'other'\nexport const user = define('user')`
const entry = `import { user } from './models.js'\nevaluated('entry')\nexport { user }`

const warnings = ({ lines }: Server): string[] =>
  lines.filter((line) => line.startsWith('[@holdfast/vite-evaluate-once]'))

test.each(majors)('Vite %s: a package that throws when it is used again', async (_name, major) => {
  await using project = await createProject(major, {
    ...registry,
    ...other,
    'src/models.js': models,
    'src/entry.js': entry,
  })
  await using server = await project.serve({ plugins: [evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  // The reload fails, and the one that follows it does not.
  await server.reload()
  expect((await server.runner.import('/src/entry.js')).user).toBe('user')
  expect(warnings(server)).toEqual([
    '[@holdfast/vite-evaluate-once] registry threw when it was used again after a reload of ssr ' +
      '(Error: "user" is defined already); from now on it is evaluated anew at each reload, and so ' +
      `is what imports it. To have that from the start: evaluateOnce: { exclude: ["registry"] }`,
  ])
  await server.reload()
  await server.reload()
  expect([count('registry'), count('other')]).toEqual([4, 2])
  expect(warnings(server)).toHaveLength(1)
  expect(server.api.fetched()).toContainEqual({
    dependency: 'registry',
    environment: 'ssr',
    notKept: 'it holds registry, which is excluded',
  })
})

test('an error that has nothing to do with it costs one reload, and the package is kept', async () => {
  await using project = await createProject(vite, {
    ...pack(
      'strict',
      `evaluated('strict'); export const check = (isRight) => { if (!isRight) throw new Error('no') }`,
    ),
    'src/entry.js': `
      import { check } from 'strict'
      evaluated('begun')
      check(globalThis.isRight)
      evaluated('entry')`,
  })
  await using server = await project.serve({ plugins: [evaluateOnce()] })
  const failTimes = async (times: number): Promise<void> => {
    const begun = count('begun')
    Object.assign(globalThis, { isRight: false })
    server.ssr.hot.send({ type: 'full-reload', path: '*' })
    await expect.poll(() => count('begun')).toBe(begun + times)
    await expect(server.runner.import('/src/entry.js')).rejects.toThrow('no')
    Object.assign(globalThis, { isRight: true })
    await server.reload()
  }
  Object.assign(globalThis, { isRight: true })
  await server.runner.import('/src/entry.js')
  // Once more with a fresh copy, which throws as well.
  await failTimes(2)
  await server.reload()
  const before = count('strict')
  // It is known by now.
  await failTimes(1)
  expect(count('strict')).toBe(before)
  expect(warnings(server)).toHaveLength(1)
})

test('a package that throws at its first use is not at fault', async () => {
  await using project = await createProject(vite, {
    ...pack('strict', `evaluated('strict'); export const check = () => { throw new Error('no') }`),
    'src/entry.js': `import { check } from 'strict'\ncheck()`,
  })
  await using server = await project.serve({ plugins: [evaluateOnce()] })
  await expect(server.runner.import('/src/entry.js')).rejects.toThrow('no')
  expect(warnings(server)).toEqual([])
})

test('an error of the application is left alone', async () => {
  await using project = await createProject(vite, {
    ...pack('caller', `evaluated('caller'); export const call = (action) => action()`),
    'src/entry.js': `import { call } from 'caller'\nevaluated('entry')\ncall(() => { if (globalThis.failing) throw new Error('of the application') })`,
  })
  await using server = await project.serve({ plugins: [evaluateOnce()] })
  await server.runner.import('/src/entry.js')
  Object.assign(globalThis, { failing: true })
  await server.reload()
  await expect(server.runner.import('/src/entry.js')).rejects.toThrow('of the application')
  Object.assign(globalThis, { failing: false })
  await server.reload()
  expect(warnings(server)).toEqual([])
  expect(count('caller')).toBe(1)
})
