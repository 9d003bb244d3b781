// oxlint-disable unicorn/consistent-function-scoping -- `listKeys` travels as text, with all it needs.

/** What a runner is asked. */
export interface Question {
  id: string
  /** What to call its isolate, unless that has been given a name before. */
  isolate: string
  withValues: boolean
}

/** What a runner answers. */
export interface Answer {
  id: string
  isolate: string
  keys: ListedKey[]
}

export interface ListedKey {
  /** The name of the container that has the key. */
  container: string
  key: string
  /** What `typeof` says, or the name of the constructor. */
  type: string
  /** When it was first defined, in ms since the epoch; absent if it was only ever set. */
  since?: number
  /** How often it was defined since; absent if it was only ever set. */
  defines?: number
  /** The value, cut short, as text; absent unless asked for. */
  value?: string
}

/**
 * Lists what is in all containers of the isolate that it runs in. Nothing it comes across can make
 * it throw, and it calls no getter.
 *
 * It is sent to runners as text, so it can refer to nothing outside itself.
 */
export function listKeys({ id, isolate, withValues }: Question): Answer {
  // An answer travels in one message, and workerd's have a limit.
  const MAX_KEYS = 500
  const MAX_LENGTH = 500
  const MAX_ITEMS = 20
  const MAX_DEPTH = 3

  interface Shared {
    entries?: Map<string, { value: unknown; since?: number; defines?: number }>
  }
  const home = globalThis as unknown as Record<symbol, Shared & string>

  const own = (value: unknown, name: string): PropertyDescriptor | undefined =>
    Object.getOwnPropertyDescriptor(Object(value), name)

  const typeOf = (value: unknown): string => {
    if (value === null) return 'null'
    if (typeof value !== 'object') return typeof value
    const constructor = own(Object.getPrototypeOf(value), 'constructor')?.value
    const name: unknown = own(constructor, 'name')?.value
    return typeof name === 'string' && name !== '' ? name : 'object'
  }

  const list = <T>(items: Iterable<T>, size: number, render: (item: T) => string): string => {
    const texts: string[] = []
    for (const item of items) {
      if (texts.length === MAX_ITEMS) break
      texts.push(render(item))
    }
    if (size > texts.length) texts.push('…')
    return texts.join(', ')
  }

  const render = (value: unknown, depth: number): string => {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_LENGTH))
    if (typeof value === 'function') return 'function'
    if (typeof value !== 'object' || value === null) return String(value)
    const next = (one: unknown): string => attempt(() => render(one, depth + 1), '?')
    if (Array.isArray(value)) {
      return depth === MAX_DEPTH ? '[…]' : `[${list(value, value.length, next)}]`
    }
    const type = typeOf(value)
    if (depth === MAX_DEPTH) return `${type} {…}`
    if (value instanceof Date) return value.toISOString()
    if (value instanceof Map) {
      const items = list(value, value.size, ([key, one]) => `${next(key)} => ${next(one)}`)
      return `Map(${value.size}) {${items}}`
    }
    if (value instanceof Set) return `Set(${value.size}) {${list(value, value.size, next)}}`
    const names = Object.keys(value)
    const items = list(names, names.length, (name) => {
      const property = own(value, name)
      return `${name}: ${property && 'value' in property ? next(property.value) : 'getter'}`
    })
    return type === 'Object' ? `{${items}}` : `${type} {${items}}`
  }

  /** A proxy, or an object that claims to be another, fails where no other value would. */
  const attempt = (action: () => string, otherwise: string): string => {
    try {
      return action()
    } catch {
      return otherwise
    }
  }

  const keys: ListedKey[] = []
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    const container = /^@holdfast\/state-runtime:([^]+)/.exec(Symbol.keyFor(symbol) ?? '')?.[1]
    if (container === undefined) continue
    for (const [key, { value, since, defines }] of home[symbol]?.entries ?? []) {
      if (keys.length === MAX_KEYS) break
      keys.push({
        container,
        key: key.slice(0, MAX_LENGTH),
        type: attempt(() => typeOf(value), 'object').slice(0, MAX_LENGTH),
        // Workers have no clock while a module is evaluated: it stands at 0.
        ...(since ? { since } : {}),
        ...(defines === undefined ? {} : { defines }),
        ...(withValues ? { value: attempt(() => render(value, 0), '?').slice(0, MAX_LENGTH) } : {}),
      })
    }
  }
  // Several environments may run in one isolate: by this name it can be told.
  const named = (home[Symbol.for('@holdfast/vite-state-plugin:isolate')] ??= isolate as never)
  return { id, isolate: named, keys }
}
