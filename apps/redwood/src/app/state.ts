import { defineRwState } from 'rwsdk/__state'

interface AppState {
  readonly id: string
  requests: number
}

/**
 * Made by the first request and the same object ever after. Defined when asked for rather than at
 * module level because Workers have no randomness there.
 */
export function getAppState(): AppState {
  return defineRwState('app', () => ({ id: crypto.randomUUID(), requests: 0 }))
}
