import { message } from './message.ts'

/**
 * Version of what lives on `globalThis`, raised with the package's major only. It is stored in the
 * value, not in the key: copies that disagree must meet, or each would silently have its own state.
 */
const SHAPE = 1

export interface Entry {
  // `any`: its type is between those who define the key and those who get it.
  value: any
  /** `null`: defined without one. `undefined`: not defined yet, the value came from `set`. */
  version?: string | number | null
  /** Dev only: the texts of the initializers seen for this value; the first one made it. */
  texts?: Set<string>
  /** Dev only: how often it was defined, with the definition that made it. */
  defines?: number
  /** Dev only: when it was first defined, in ms since the epoch. */
  since?: number
}

/** What all copies of this module have in common. */
export interface Shared {
  shape: number
  entries: Map<string, Entry>
  /** Keys whose initializers are on the call stack: a cycle may pass through two copies. */
  running: string[]
  /** The last error that names its keys: the initializers around it pass it on as it is. */
  reported?: unknown
}

/** @throws {Error} when a copy that needs another shape was there first. */
export function share(name: string): Shared {
  const home = globalThis as typeof globalThis & Record<symbol, Shared | undefined>
  const shared = (home[Symbol.for(`@holdfast/state-runtime:${name}`)] ??= {
    shape: SHAPE,
    entries: new Map(),
    running: [],
  })
  if (shared.shape !== SHAPE) {
    throw new Error(
      message(
        `"${name}" has shape ${shared.shape}, this copy needs ${SHAPE}; install one major version`,
      ),
    )
  }
  return shared
}
