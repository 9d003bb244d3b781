/** The control: state as anyone would write it first, gone when the module is evaluated again. */
const state = new Map<string, unknown>()

export function defineRwState<T>(key: string, initializer: () => T): T {
  if (!state.has(key)) state.set(key, initializer())
  return state.get(key) as T
}
