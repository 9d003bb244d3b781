/**
 * What is evaluated once, in the runtime that evaluates it. A runner imports this module like any
 * other and evaluates it anew after each reload; what is kept is on `globalThis`.
 *
 * It runs in any runtime, and imports nothing.
 */

type Exports = Record<string, unknown>

interface Entry {
  exports: Exports
  isEvaluated: boolean
  /** Resolves when the evaluation has ended, well or not. */
  ended: Promise<void>
}

interface Kept {
  /** All that is kept is of one generation; the server begins another to have it dropped. */
  generation: number
  entries: Map<string, Entry>
}

export interface Address {
  /** The server that keeps it: several may run in one process. */
  server: string
  environment: string
  generation: number
  /** The module, in a version that never changes. */
  key: string
}

/** An evaluation that has begun. */
export interface Evaluation {
  keep: () => void
  fail: () => void
}

/** By server and environment. */
type Store = Map<string, Map<string, Kept>>

const store: Store = ((globalThis as Record<symbol, unknown>)[
  Symbol.for('@holdfast/vite-evaluate-once')
] ??= new Map()) as Store

/**
 * How long a module is waited for that is being evaluated for requests of before a reload, in ms. One
 * that a runtime has given up would be waited for in vain.
 */
const WAIT_LIMIT = 5_000

/**
 * @param exports The object that the module is to fill.
 * @returns an evaluation to be carried out, or nothing where the exports are those of a former one.
 */
export async function enter(address: Address, exports: Exports): Promise<Evaluation | undefined> {
  const { entries, isOutdated } = keptAt(address)
  // Fetched before what is kept was dropped.
  if (isOutdated) return { keep() {}, fail() {} }

  const { key } = address
  const before = entries.get(key)
  if (before && !before.isEvaluated) await withinLimit(before.ended)
  const entry = entries.get(key)
  if (entry?.isEvaluated) {
    reexport(entry.exports, exports)
    return undefined
  }
  return begin(entries, key, exports)
}

function keptAt({ server, environment, generation }: Address): {
  entries: Kept['entries']
  isOutdated: boolean
} {
  let environments = store.get(server)
  if (!environments) store.set(server, (environments = new Map()))
  let kept = environments.get(environment)
  if (!kept || kept.generation < generation) {
    kept = { generation, entries: new Map() }
    environments.set(environment, kept)
  }
  return { entries: kept.entries, isOutdated: kept.generation > generation }
}

function begin(entries: Kept['entries'], key: string, exports: Exports): Evaluation {
  let end!: () => void
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const entry: Entry = { exports, isEvaluated: false, ended }
  entries.set(key, entry)
  return {
    keep() {
      entry.isEvaluated = true
      end()
    },
    // Whoever waits for it evaluates it anew.
    fail: end,
  }
}

/** Live, as `export *` would be, and `default` and `__esModule` as well. */
function reexport(from: Exports, to: Exports): void {
  for (const name of Object.keys(from)) {
    Object.defineProperty(to, name, {
      enumerable: true,
      configurable: true,
      get: () => from[name],
    })
  }
}

async function withinLimit(ended: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout>
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, WAIT_LIMIT)
  })
  await Promise.race([ended, limit]).finally(() => clearTimeout(timer))
}

/** Forgets all that a server keeps in this runtime. */
export function forget(server: string): void {
  store.delete(server)
}
