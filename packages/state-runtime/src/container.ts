import { message } from './message.ts'
import { noticeEdit } from './notice-edit.ts'
import { type Entry, share } from './shared.ts'
import type { DefineOptions, StateContainer } from './types.ts'

/**
 * Opens the container called `name`: one per isolate, whichever copy of this module asks.
 *
 * @typeParam Keys - an interface from key to type. Default: no key is declared.
 * @throws {TypeError} when `name` is not a non-empty string.
 * @throws {Error} when an incompatible major of this package opened it first.
 */
export function createStateContainer<Keys extends object = {}>(name: string): StateContainer<Keys> {
  const shared = share(checked(name))
  const { entries, running } = shared

  function run(key: string, initialize: () => unknown): unknown {
    const start = running.indexOf(key)
    running.push(key)
    try {
      if (start < 0) return initialize()
      throw report('is a cycle; break it', start)
    } catch (cause) {
      if (cause && cause === shared.reported) throw cause
      throw report(`threw ${text(cause)}; see the cause`, 0, { cause })
    } finally {
      running.pop()
    }
  }

  const report = (what: string, start: number, options?: ErrorOptions) =>
    (shared.reported = new Error(
      message(`Initializer "${running.slice(start).join(' → ')}" ${what}`),
      options,
    ))

  /** Should the entry's promise reject while it is the value, `previous` comes back. */
  function store(key: string, entry: Entry, previous?: Entry): Entry {
    const { value } = entry
    entries.set(key, entry)
    // Only real promises: calling `then` starts a lazy thenable, such as a query builder.
    if (value instanceof Promise) {
      value.catch(() => {
        if (entries.get(key)?.value !== value) return
        if (previous) store(key, previous)
        else entries.delete(key)
      })
    }
    return entry
  }

  return {
    define(key: string, initializer: () => any, options?: DefineOptions<any>) {
      const version = options?.version
      const migrate = options?.migrate
      const previous = entries.get(checked(key))
      let entry = previous
      if (typeof initializer !== 'function') {
        throw new TypeError(message(`"${key}" has no initializer; pass a function`))
      }
      if (
        !entry ||
        (version !== undefined && entry.version !== undefined && entry.version !== version)
      ) {
        const value = run(key, previous && migrate ? () => migrate(previous.value) : initializer)
        entry = store(key, { value }, previous)
      }
      // A value from `set` belongs to the first definition after it.
      entry.version ??= version ?? null
      // In production Vite folds the first condition and other bundlers the second, and `noticeEdit`
      // goes. Without a bundler and without `process` the second throws: that is no development.
      // The first must stay outside: Rollup keeps all code in a `try`
      // https://rollupjs.org/configuration-options/#treeshake-trycatchdeoptimization
      if ((import.meta as ImportMeta & { env?: { DEV?: boolean } }).env?.DEV !== false) {
        try {
          if (process.env.NODE_ENV !== 'production') noticeEdit(key, entry, initializer)
        } catch {}
      }
      return entry.value
    },
    get: (key: string) => entries.get(checked(key))?.value,
    set(key: string, value: unknown) {
      // What is known of the definition stays, or the next define would replace the value.
      entries.set(key, { ...entries.get(checked(key)), value })
    },
    has: (key) => entries.has(checked(key)),
    delete: (key) => entries.delete(checked(key)),
    keys: () => [...entries.keys()],
  }
}

/** `String` throws for some objects, such as those without a prototype. */
function text(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}

/** @throws {TypeError} unless `name` is a non-empty string. */
function checked(name: unknown): string {
  if (typeof name === 'string' && name) return name
  throw new TypeError(message(`Key "${text(name)}" is ${typeof name}; pass a non-empty string`))
}
