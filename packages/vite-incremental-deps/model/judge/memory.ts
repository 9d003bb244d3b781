import type { ServerName } from '../servers/fleet.ts'

/** What a server, or a cache directory, may still have of former times. */
interface Former {
  /** The lockfile at its last look at the packages; nothing if that is not known. */
  lockfile: string | undefined
  /** By place: generations that were there since that look, but for the present one. */
  generations: Map<string, Set<string>>
  /** Everything that its optimizer may have been asked for. */
  possibleIds: Set<string>
}

interface ServerMemory extends Former {
  /** What its optimizer has been asked for without doubt. */
  certainIds: Set<string>
  /** Pages that have failed rightly, or in plain Vite as well: a runner keeps a failure. */
  mayFail: Set<string>
  /** Pages, by environment, that plain Vite has wrong as well, until it looks again. */
  forgiven: Set<string>
}

/** What plain Vite sees of a project when it looks at it. */
export interface Sight {
  lockfile: string
  generations: ReadonlyMap<string, string>
  ids: ReadonlySet<string>
  /** Whether everything that was ever imported is there: else a run of the optimizer fails. */
  isComplete: boolean
  /** Whether packages are where they were: a run takes what it knows from where it found it. */
  isInPlace: boolean
}

/**
 * What plain Vite is known to show, by design: it does not watch `node_modules`, and keeps its cache
 * while the lockfile is the same. So a package that has changed may be there as it was, until
 * something makes Vite look again for certain.
 */
export class Memory {
  readonly #servers = new Map<ServerName, ServerMemory>()
  #cache: Former | undefined
  /** Whether the cache is known not to be there. */
  #isCacheGone = true

  /** A server starts, in its process or in a new one. */
  started(server: ServerName, sight: Sight, isForced: boolean): void {
    const looks =
      isForced ||
      this.#isCacheGone ||
      (this.#cache && isOther(this.#cache.lockfile, sight.lockfile))
    const own = looks ? looked(sight) : copyOf(this.#cache!)
    const certainIds = new Set(looks ? sight.ids : [])
    this.#servers.set(server, { ...own, certainIds, mayFail: new Set(), forgiven: new Set() })
    this.#cache = copyOf(own)
    this.#isCacheGone = false
  }

  stopped(server: ServerName): void {
    this.#servers.delete(server)
  }

  /** A package or page was something else a moment ago. */
  changed(place: string, former: string | undefined): void {
    for (const { generations } of this.#all()) {
      const known = generations.get(place) ?? new Set()
      generations.set(place, known.add(former ?? 'absent'))
    }
  }

  /** Whether a server's optimizer has to run when these are imported. */
  hasToRun(server: ServerName, ids: string[]): boolean {
    const { possibleIds } = this.#servers.get(server)!
    return ids.some((id) => !possibleIds.has(id))
  }

  /**
   * A page that imports these is asked for. If the optimizer runs, and may find another lockfile, it
   * looks at everything again.
   */
  asked(server: ServerName, ids: string[], sight: Sight): void {
    const memory = this.#servers.get(server)!
    const { lockfile, certainIds } = memory
    const looks = sight.isComplete && sight.isInPlace && isOther(lockfile, sight.lockfile)
    if (looks && this.hasToRun(server, ids)) {
      Object.assign(memory, looked(sight))
      memory.mayFail.clear()
      memory.forgiven.clear()
      this.#cache = copyOf(memory)
    } else if (lockfile !== sight.lockfile && ids.some((id) => !certainIds.has(id))) {
      memory.lockfile = undefined
      if (this.#cache) this.#cache.lockfile = undefined
    }
    for (const id of ids) certainIds.add(id)
  }

  /** These may be found without being asked for, as some server scans the project. */
  imported(ids: Iterable<string>): void {
    for (const id of ids) for (const { possibleIds } of this.#all()) possibleIds.add(id)
  }

  cacheDeleted(): void {
    this.#isCacheGone = true
    for (const server of this.#servers.values()) server.mayFail.add('*')
  }

  /** Whoever runs may have written a cache again, from what it had or from what there is. */
  mayBeWritten(): void {
    if (!this.#isCacheGone || this.#servers.size === 0) return
    this.#isCacheGone = false
    this.#cache!.lockfile = undefined
  }

  failed(server: ServerName, page: string): void {
    this.#servers.get(server)!.mayFail.add(page)
  }

  forgive(server: ServerName, environment: string, page: string): void {
    this.#servers.get(server)!.forgiven.add(`${environment} ${page}`)
  }

  isForgiven(server: ServerName, environment: string, page: string): boolean {
    return this.#servers.get(server)!.forgiven.has(`${environment} ${page}`)
  }

  mayFail(server: ServerName, page: string): boolean {
    const { mayFail } = this.#servers.get(server)!
    return mayFail.has(page) || mayFail.has('*')
  }

  /** Generations that a server may show of a place, besides the present one. */
  formerOf(server: ServerName, place: string): ReadonlySet<string> {
    return this.#servers.get(server)!.generations.get(place) ?? new Set()
  }

  #all(): Former[] {
    return [...this.#servers.values(), ...(this.#cache ? [this.#cache] : [])]
  }
}

const isOther = (known: string | undefined, lockfile: string): boolean =>
  known !== undefined && known !== lockfile

const looked = ({ lockfile, ids }: Sight): Former => ({
  lockfile,
  generations: new Map(),
  possibleIds: new Set(ids),
})

const copyOf = ({ lockfile, generations, possibleIds }: Former): Former => ({
  lockfile,
  generations: new Map([...generations].map(([place, known]) => [place, new Set(known)])),
  possibleIds: new Set(possibleIds),
})
