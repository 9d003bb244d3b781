import type { StateKey, StatePluginApi } from '@holdfast/vite-state-plugin'

type Ask = StatePluginApi['stateKeys']

/**
 * Looks at the keys of state now.
 *
 * @returns a function that tells how many of them are still there; `undefined` if nobody can tell.
 */
export function watchState(ask: Ask): () => Promise<number | undefined> {
  const asked = ask()
  return async () => {
    const before = await asked
    if (before.length === 0) return undefined
    const after = await ask()
    return before.filter((key) => after.some((other) => isKept(key, other))).length
  }
}

/** One that is lost starts to count its definitions anew. */
function isKept(before: StateKey, after: StateKey): boolean {
  return (
    before.container === after.container &&
    before.key === after.key &&
    before.since === after.since &&
    (before.defines ?? 0) <= (after.defines ?? 0)
  )
}
