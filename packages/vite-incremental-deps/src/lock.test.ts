import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './lock.ts'

let directory = ''
const file = () => path.join(directory, '_incremental.lock')

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'vite-incremental-deps-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('waits until whoever has the lock is done', async () => {
  writeFileSync(file(), '')
  let isDone = false
  const done = withLock(directory, () => (isDone = true))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(isDone).toBe(false)
  rmSync(file())
  await done
  expect(isDone).toBe(true)
})

test('nobody else has it meanwhile, and anybody afterwards', async () => {
  await withLock(directory, () => expect(existsSync(file())).toBe(true))
  expect(existsSync(file())).toBe(false)
})

test('is given back when the work fails', async () => {
  const failing = withLock(directory, () => {
    throw new Error('of the work')
  })
  await expect(failing).rejects.toThrow('of the work')
  expect(existsSync(file())).toBe(false)
})

test('a lock whose holder has died is broken', async () => {
  writeFileSync(file(), '')
  utimesSync(file(), 0, 0)
  expect(await withLock(directory, () => 'done')).toBe('done')
})

test('a directory that is gone is an error', async () => {
  const gone = withLock(path.join(directory, 'gone'), () => undefined)
  await expect(gone).rejects.toThrow('ENOENT')
})

test('one whose time is far in the future is taken as well', async () => {
  writeFileSync(file(), '')
  const future = new Date(Date.now() + 3_600_000)
  utimesSync(file(), future, future)
  expect(await withLock(directory, () => 'taken')).toBe('taken')
})
