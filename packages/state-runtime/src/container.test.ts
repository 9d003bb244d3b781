import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createStateContainer } from './container.ts'
import type { StateContainer } from './types.ts'

// `String` throws for it.
const unprintable: object = Object.create(null)

let state: StateContainer
let containers = 0

beforeEach(() => {
  state = createStateContainer(`container.test ${containers++}`)
  // Many tests define a key in two ways; notice-edit.test.ts has the tests of the warning.
  vi.spyOn(console, 'warn').mockReturnValue()
})

describe('values', () => {
  test('define runs the initializer once and returns the value', () => {
    const initializer = vi.fn(() => ({}))
    const value = state.define('key', initializer)
    expect(state.define('key', initializer)).toBe(value)
    expect(state.get('key')).toBe(value)
    expect(initializer).toHaveBeenCalledOnce()
  })

  test('set, has, delete and keys', () => {
    expect(state.get('key')).toBeUndefined()
    expect(state.has('key')).toBe(false)
    state.set('key', 1)
    state.set('other', 2)
    state.set('key', 3)
    expect(state.get('key')).toBe(3)
    expect(state.has('key')).toBe(true)
    expect(state.keys()).toEqual(['key', 'other'])
    expect(state.delete('key')).toBe(true)
    expect(state.delete('key')).toBe(false)
    expect(state.define('key', () => 4)).toBe(4)
  })

  test.each(['__proto__', 'constructor', 'toString'])('%s is an ordinary key', (key) => {
    expect(state.has(key)).toBe(false)
    expect(state.get(key)).toBeUndefined()
    expect(state.define(key, () => 1)).toBe(1)
    expect(state.keys()).toEqual([key])
  })

  test.each([undefined, null, 0, ''])('%o is a value', (value) => {
    const initializer = vi.fn(() => 'unwanted')
    state.set('set', value)
    expect(state.define<unknown>('set', initializer)).toBe(value)
    state.define('defined', () => value)
    expect(state.define<unknown>('defined', initializer)).toBe(value)
    expect(state.has('defined')).toBe(true)
    expect(initializer).not.toHaveBeenCalled()
  })

  test('a container of another name is another container', () => {
    state.set('key', 1)
    expect(createStateContainer(`${containers} other`).has('key')).toBe(false)
  })
})

describe('arguments', () => {
  // `any`: what an untyped caller can do.
  test.each<any>(['', undefined, null, 1, {}, unprintable, Symbol('s')])('%o is no key', (key) => {
    const calls = [
      () => createStateContainer(key),
      () => state.define(key, () => 1),
      () => state.get(key),
      () => state.set(key, 1),
      () => state.has(key),
      () => state.delete(key),
    ]
    for (const call of calls) {
      expect(call).toThrow(TypeError)
      expect(call).toThrow(/^\[@holdfast\/state-runtime\] .*; pass a non-empty string$/)
    }
    expect(state.keys()).toEqual([])
  })

  test.each<any>(['value', undefined])('%o is no initializer', (initializer) => {
    expect(() => state.define('key', initializer)).toThrow(TypeError)
    state.set('key', 1)
    expect(() => state.define('key', initializer)).toThrow(
      '[@holdfast/state-runtime] "key" has no initializer; pass a function',
    )
  })

  test('null as options is none', () => {
    const none: any = null
    expect(state.define('key', () => 1, none)).toBe(1)
    expect(state.define('key', () => 2, none)).toBe(1)
  })
})

describe('initializers that throw', () => {
  test.each([new Error('boom'), 'boom', undefined, null])('%o: names the key', (cause) => {
    const fail = () => {
      throw cause
    }
    const error = caught(() => state.define('key', fail))
    expect(error.message).toContain('"key"')
    expect(error.message).toContain(String(cause))
    expect(error.cause).toBe(cause)
    expect(state.has('key')).toBe(false)
    expect(state.define('key', () => 1)).toBe(1)
  })

  test('what has no text does not hide the key', () => {
    const fail = () => {
      throw unprintable
    }
    const error = caught(() => state.define('key', fail))
    expect(error.message).toBe(
      '[@holdfast/state-runtime] Initializer "key" threw object; see the cause',
    )
    expect(error.cause).toBe(unprintable)
  })

  test('names the way to a nested one, once', () => {
    const cause = new Error('boom')
    const error = caught(() =>
      state.define('outer', () =>
        state.define('inner', () => {
          throw cause
        }),
      ),
    )
    expect(error.message).toBe(
      '[@holdfast/state-runtime] Initializer "outer → inner" threw Error: boom; see the cause',
    )
    expect(error.cause).toBe(cause)
    expect(state.keys()).toEqual([])
  })

  test('a nested one that is caught does no harm', () => {
    const value = state.define('outer', () => {
      caught(() => state.define('inner', () => JSON.parse('{')))
      return state.define('inner', () => 1)
    })
    expect(value).toBe(1)
    expect(state.define('later', () => 2)).toBe(2)
  })
})

describe('cycles', () => {
  test('a key that defines itself', () => {
    const itself = (): unknown => state.define('a', itself)
    expect(caught(itself).message).toBe(
      '[@holdfast/state-runtime] Initializer "a → a" is a cycle; break it',
    )
    expect(state.define('a', () => 1)).toBe(1)
  })

  test('through other keys, without those that only lead to it', () => {
    const a = (): unknown => state.define('a', b)
    const b = (): unknown => state.define('b', c)
    const c = (): unknown => state.define('c', b)
    const error = caught(() => state.define('start', a))
    expect(error.message).toContain('"b → c → b" is a cycle')
    expect(error.cause).toBeUndefined()
    expect(state.keys()).toEqual([])
  })

  test('through asynchronous initializers, before they first wait', async () => {
    const a = async (): Promise<unknown> => state.define('a', b)
    const b = async (): Promise<unknown> => state.define('b', a)
    await expect(a()).rejects.toThrow('"a → b → a" is a cycle')
    expect(state.keys()).toEqual([])
  })

  test('concurrent asynchronous defines are none', async () => {
    const initializer = vi.fn(async () => state.define('dependency', async () => 1))
    const dependent = async () => (await state.define('key', initializer)) + 1
    const first = state.define('key', initializer)
    const second = state.define('dependent', dependent)
    expect(state.define('key', initializer)).toBe(first)
    await expect(Promise.all([first, second])).resolves.toEqual([1, 2])
    expect(initializer).toHaveBeenCalledOnce()
  })

  test('two keys that wait for each other only later are none', async () => {
    const value = state.define('a', async () => {
      await Promise.resolve()
      return state.define('b', async () => state.has('a'))
    })
    await expect(value).resolves.toBe(true)
  })

  test('a key that is set already does not run its initializer again', () => {
    const value = state.define('a', () => {
      state.set('a', 1)
      return state.define('a', () => 2) + 1
    })
    expect(value).toBe(2)
  })
})

describe('changes by an initializer', () => {
  test('what it returns wins over what it sets or deletes', () => {
    state.define('a', () => {
      state.set('a', 'set')
      return 'returned'
    })
    expect(state.get('a')).toBe('returned')
    state.define('b', () => {
      state.delete('b')
      return 'returned'
    })
    expect(state.get('b')).toBe('returned')
  })

  test('it may set and delete other keys', () => {
    state.set('old', 1)
    state.define('a', () => {
      state.delete('old')
      state.set('new', 2)
    })
    expect(state.keys()).toEqual(['new', 'a'])
  })

  test('once it waits, a set wins', async () => {
    const value = state.define('a', async () => {
      await Promise.resolve()
      state.set('a', 'set')
      throw new Error('boom')
    })
    await expect(value).rejects.toThrow('boom')
    expect(state.get('a')).toBe('set')
  })
})

// Vitest fails a run in which a rejection is left unhandled: these tests guard against that too.
describe('promises', () => {
  test('a promise is a value like any other', async () => {
    const promise = Promise.resolve(1)
    expect(state.define('key', () => promise)).toBe(promise)
    await promise
    expect(state.define('key', () => Promise.resolve(2))).toBe(promise)
  })

  test('one that rejects is forgotten', async () => {
    const error = new Error('boom')
    await expect(state.define('key', () => Promise.reject(error))).rejects.toBe(error)
    expect(state.has('key')).toBe(false)
    await expect(state.define('key', async () => 1)).resolves.toBe(1)
  })

  test.each([undefined, 'other'])('unless %o was set meanwhile', async (other) => {
    const promise = state.define('key', () => Promise.reject(new Error('boom')))
    state.set('key', other)
    await expect(promise).rejects.toThrow('boom')
    expect(state.has('key')).toBe(true)
    expect(state.get('key')).toBe(other)
  })

  test('or it was deleted and defined again', async () => {
    const promise = state.define('key', () => Promise.reject(new Error('boom')))
    state.delete('key')
    state.define('key', () => 'other')
    await expect(promise).rejects.toThrow('boom')
    expect(state.get('key')).toBe('other')
  })

  test('a thenable is not started', () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what query builders are
    const query = { then: vi.fn() }
    expect(state.define('key', () => query)).toBe(query)
    expect(query.then).not.toHaveBeenCalled()
  })
})

describe('version', () => {
  test('the same keeps the value, another one runs the initializer', () => {
    state.define('key', () => 'one', { version: 1 })
    expect(state.define('key', () => 'two', { version: 1 })).toBe('one')
    expect(state.define('key', () => 'two', { version: 2 })).toBe('two')
    expect(state.get('key')).toBe('two')
    expect(state.define('key', () => 'three', { version: 2 })).toBe('two')
  })

  test('migrate makes the new value from the kept one', () => {
    const unwanted = vi.fn(() => [])
    state.define('key', () => ['a'], { version: 1, migrate: unwanted })
    state.define('key', unwanted, { version: 2, migrate: (previous) => [...previous, 'b'] })
    expect(state.get('key')).toEqual(['a', 'b'])
    expect(unwanted).not.toHaveBeenCalled()
  })

  test('a first one replaces a value that was defined without', () => {
    state.define('key', () => 'one')
    expect(state.define('key', () => 'two', { version: 1 })).toBe('two')
  })

  test('a define without one keeps the value and its version', () => {
    state.define('key', () => 'one', { version: 1 })
    expect(state.define('key', () => 'two')).toBe('one')
    expect(state.define('key', () => 'two', { version: 1 })).toBe('one')
  })

  test('a value that was set belongs to the first define after it', () => {
    state.set('key', 'set')
    expect(state.define('key', () => 'one', { version: 1 })).toBe('set')
    expect(state.define('key', () => 'two', { version: 2 })).toBe('two')
  })

  test('set keeps the version', () => {
    state.define('key', () => 'one', { version: 1 })
    state.set('key', 'set')
    expect(state.define('key', () => 'two', { version: 2 })).toBe('two')
    state.set('key', 'set')
    expect(state.define('key', () => 'two', { version: 2 })).toBe('set')
  })

  test.each(['migrate', 'initializer'])('the value stays when the %s throws', (which) => {
    const boom = vi.fn(() => {
      throw new Error('boom')
    })
    state.define('key', () => 'one', { version: 1 })
    const options = which === 'migrate' ? { version: 2, migrate: boom } : { version: 2 }
    expect(() => state.define('key', boom, options)).toThrow('"key" threw Error: boom')
    expect(state.get('key')).toBe('one')
    expect(state.define('key', () => 'two', { version: 2 })).toBe('two')
  })

  test('the value comes back when the promise of migrate rejects', async () => {
    const migrate = vi.fn(async (previous: string) => `${previous} migrated`)
    migrate.mockRejectedValueOnce(new Error('boom'))
    const define = (version: number) =>
      state.define<unknown>('key', () => 'one', { version, migrate })
    define(1)
    await expect(define(2)).rejects.toThrow('boom')
    expect(state.get('key')).toBe('one')
    await expect(define(2)).resolves.toBe('one migrated')
  })

  test('a promise that came back is forgotten when it rejects', async () => {
    const first = state.define('key', () => Promise.reject(new Error('boom')), { version: 1 })
    // Rejects after `first` does.
    const second = state.define('key', async () => (await first) + 1, { version: 2 })
    await expect(second).rejects.toThrow('boom')
    await expect.poll(() => state.has('key')).toBe(false)
  })

  test('a migrate that defines its own key gets the kept value', () => {
    state.define('key', () => 'one', { version: 1 })
    const migrate = () => state.define('key', () => 'unwanted')
    expect(state.define('key', () => 'two', { version: 2, migrate })).toBe('one')
  })
})

function caught(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('No error was thrown')
}
