/**
 * What `rwsdk/__state` is under `HOLDFAST=off`: state in an ordinary module, as anyone would write
 * it first. A reload evaluates the module again and the state is gone.
 */
const state = new Map<string, unknown>()

export function defineRwState<T>(key: string, initializer: () => T): T {
  if (!state.has(key)) state.set(key, initializer())
  return state.get(key) as T
}
