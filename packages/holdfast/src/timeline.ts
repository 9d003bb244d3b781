/** One addition, or one run of Vite's optimizer, in one environment. */
export interface Entry {
  /** Rises by one. */
  readonly id: number
  /** The environment's name. */
  readonly environment: string
  /**
   * - `pending`: begun
   * - `added`: by incremental deps, without a reload
   * - `optimized`: by Vite, which kept all that it served
   * - `reloaded`: by Vite, which then reloaded everything
   * - `failed`: what was asked for could not be bundled
   */
  outcome: 'pending' | 'added' | 'optimized' | 'reloaded' | 'failed'
  dependencies: Dependency[]
  /** Milliseconds since the epoch. */
  startedAt: number
  /** Milliseconds from the first import until all could be imported. */
  duration: number
  /** The requests that it concerned: what the gate reported between its begin and its end. */
  requests: {
    held: number
    /** Milliseconds. */
    longest: number
    replayed: number
    /** Answered with 503. */
    failed: number
  }
  /** The runners that were told to reload, and whether they have said that they did. */
  reloads: { environment: string; isAcknowledged: boolean }[]
  /** How many keys of state outlived it; absent where nobody could tell. */
  stateKeys?: number
}

export interface Dependency {
  /** As it was imported. */
  id: string
  /**
   * The modules by which it came in, the one that imports it first, then who imports that one; paths
   * relative to the project's root. Empty where nobody knows.
   */
  importers: string[]
  /** Why it was not added without a run of Vite's. */
  reason?: string
}

type Listener = (entry: Readonly<Entry>) => void

/** What happened to the dependencies of one dev server, the oldest first. Restarts keep it. */
export class Timeline {
  readonly #entries: Entry[] = []
  readonly #listeners = new Set<Listener>()

  get entries(): readonly Readonly<Entry>[] {
    return this.#entries
  }

  /** Calls `listener` with each entry that begins or changes. Returns a function that ends it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins an entry. */
  begin(entry: Omit<Entry, 'id'>): Entry {
    const begun = { id: this.#entries.length + 1, ...entry }
    this.#entries.push(begun)
    this.#tell(begun)
    return begun
  }

  /** Tells of changes to an entry. */
  change(entry: Entry, changes: Partial<Omit<Entry, 'id'>>): void {
    Object.assign(entry, changes)
    this.#tell(entry)
  }

  #tell(entry: Entry): void {
    for (const listener of this.#listeners) listener(entry)
  }
}
