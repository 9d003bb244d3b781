/** `K`, unless it is declared: or a wrong type for a declared key would pass as any other key. */
type Undeclared<Keys, K> = K extends keyof Keys ? never : K

export interface DefineOptions<T> {
  /**
   * Names the shape of the value. A define with another version than the kept value's replaces that
   * value; a define without a version never does.
   *
   * @default none
   */
  version?: string | number
  /**
   * Makes the new value from the kept one when the version differs. If it throws, or its promise
   * rejects, the kept value stays.
   *
   * @default the initializer runs again and the kept value is dropped
   */
  // `any`: only the caller knows what the previous version stored.
  migrate?: (previous: any) => T
}

/**
 * Every function throws a `TypeError` for a key that is not a non-empty string.
 *
 * @typeParam Keys - an interface from key to type. Any other key takes the type it is used with.
 */
export interface StateContainer<Keys extends object = {}> {
  /**
   * Returns the value of `key`; the first time, makes it with `initializer`, which runs once per
   * isolate. What it returns is stored as it is, a promise too; if that rejects, the key is
   * forgotten and the next define tries again.
   *
   * @throws {TypeError} when `initializer` is no function.
   * @throws {Error} naming the key when the initializer throws (`cause` is what it threw), or the
   * whole cycle when it defines its own key. Nothing is stored then.
   */
  readonly define: {
    <K extends keyof Keys & string>(
      key: K,
      initializer: () => Keys[K],
      options?: DefineOptions<Keys[K]>,
    ): Keys[K]
    <T, K extends string = string>(
      key: Undeclared<Keys, K>,
      initializer: () => T,
      options?: DefineOptions<T>,
    ): T
  }

  /** Returns the value of `key`, `undefined` when there is none. */
  readonly get: {
    <K extends keyof Keys & string>(key: K): Keys[K] | undefined
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller's to give
    <T = unknown>(key: string): T | undefined
  }

  /**
   * Stores `value`, whatever was there. `undefined` and `null` are values: a later define keeps
   * them.
   */
  readonly set: {
    <K extends keyof Keys & string>(key: K, value: Keys[K]): void
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller's to give
    <T, K extends string = string>(key: Undeclared<Keys, K>, value: T): void
  }

  readonly has: (key: string) => boolean

  /** Forgets `key`: the next define makes it anew. Returns whether it had a value. */
  readonly delete: (key: string) => boolean

  /** Returns the keys that have a value, in the order in which they first got one. */
  readonly keys: () => string[]
}
