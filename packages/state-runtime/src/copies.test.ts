import { afterEach, expect, test, vi } from 'vitest'
import { importDist } from './test-helper.ts'

const one = await importDist('one')
const two = await importDist('two')

afterEach(() => {
  for (const key of one.rwStateKeys()) one.deleteRwState(key)
})

test('the copies are two', () => {
  expect(one.defineRwState).not.toBe(two.defineRwState)
})

test('a value that one defines is there in the other', () => {
  const initializer = vi.fn(() => ({}))
  const value = one.defineRwState('key', initializer)
  expect(two.defineRwState('key', initializer)).toBe(value)
  expect(two.getRwState('key')).toBe(value)
  expect(initializer).toHaveBeenCalledOnce()
  two.setRwState('key', 1)
  expect(one.getRwState('key')).toBe(1)
  expect(one.hasRwState('key')).toBe(true)
  expect(two.deleteRwState('key')).toBe(true)
  expect(one.rwStateKeys()).toEqual([])
})

test('the Rw functions are the container named rwsdk', () => {
  one.setRwState('key', 1)
  expect(two.createStateContainer('rwsdk').get('key')).toBe(1)
  expect(two.createStateContainer('other').has('key')).toBe(false)
})

test('a cycle through both is found, and its error passed on as it is', () => {
  const a = (): unknown => one.defineRwState('a', b)
  const b = (): unknown => two.defineRwState('b', a)
  expect(a).toThrow('[@holdfast/state-runtime] Initializer "a → b → a" is a cycle; break it')
})

test('one warning, not one from each', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  for (const { defineRwState } of [one, two, one, two]) defineRwState('key', () => 1)
  expect(warn).not.toHaveBeenCalled()
  for (const { defineRwState } of [one, two, one, two]) defineRwState('key', () => 2)
  expect(warn).toHaveBeenCalledOnce()
})

test.each([2, 0, undefined])('shape %s is not shared', async (shape) => {
  const key = Symbol.for('@holdfast/state-runtime:rwsdk')
  const ours = Reflect.get(globalThis, key)
  Reflect.set(globalThis, key, { shape, entries: {} })
  try {
    await expect(importDist(`shape-${shape}`)).rejects.toThrow(
      `[@holdfast/state-runtime] "rwsdk" has shape ${shape}, this copy needs 1; install one major version`,
    )
  } finally {
    Reflect.set(globalThis, key, ours)
  }
})
