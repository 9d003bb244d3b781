import { rmSync } from 'node:fs'
import path from 'node:path'
import type { Answer } from './judge/answer.ts'
import { findFault } from './judge/judge.ts'
import { Memory } from './judge/memory.ts'
import type { Sight } from './judge/memory.ts'
import { settle } from './judge/settle.ts'
import type { Check, Verdict } from './judge/settle.ts'
import { packageOf, packagesBehind, shapes } from './packages/catalogue.ts'
import { Disk } from './project/disk.ts'
import { generations, lockfileOf } from './project/world.ts'
import type { World } from './project/world.ts'
import type { EnvironmentName } from './servers/config.ts'
import { textOfConfig } from './servers/config.ts'
import type { Answers } from './servers/fresh-vite.ts'
import { Fleet } from './servers/fleet.ts'
import type { ServerName } from './servers/fleet.ts'
import type { Oracle } from './servers/oracle.ts'
import type { Asking } from './steps/kind.ts'
import type { Plan } from './steps/plan.ts'
import { kindOf } from './steps/step.ts'

export interface SessionOptions {
  plan: Plan
  /** Whether plain Vite is to go through it. */
  isPlain: boolean
  /** A directory of its own. */
  directory: string
  environments: EnvironmentName[]
  oracle: Oracle
  /** Milliseconds until what is wrong stays wrong. */
  patience: number
}

/** What was wrong after a step. */
export interface Finding extends Verdict {
  /** Of the plan; -1 before the first. */
  index: number
  expected: Answer
  output: string
}

/** A project, the servers on it, and what is known of both. */
export class Session implements AsyncDisposable {
  readonly world: World
  readonly disk: Disk
  readonly fleet: Fleet
  readonly memory = new Memory()
  readonly #options: SessionOptions
  readonly #expectations = new Map<string, Answers>()
  /** Everything that was ever imported. */
  readonly #imported = new Set<string>()
  #comparisons = 0

  constructor(options: SessionOptions) {
    const { plan, directory, isPlain } = options
    this.#options = options
    this.world = structuredClone(plan.world)
    const root = path.join(directory, 'project')
    this.disk = new Disk(root, this.world, textOfConfig(isPlain))
    this.fleet = new Fleet(root, plan.hasHttpCache)
  }

  /** How many answers have been compared. */
  get comparisons(): number {
    return this.#comparisons
  }

  get environments(): EnvironmentName[] {
    return this.#options.environments
  }

  /** Starts the first server, and asks it for everything. */
  async begin(): Promise<Finding[]> {
    await this.start('main', false)
    const pages = [...this.world.pages.keys()]
    return this.#check(-1, { pages, first: 'main', isAtOnce: false })
  }

  /** @returns what is wrong afterwards, or nothing if there was nothing to do. */
  async take(index: number): Promise<Finding[] | undefined> {
    const { kind, data, asking } = this.#options.plan.steps[index]!
    const { change, isPossible, perform } = kindOf(kind)
    const before = generations(this.world)
    if (isPossible?.(this, data) === false || change?.(this.world, data) === false) return undefined
    const now = generations(this.world)
    for (const place of new Set([...before.keys(), ...now.keys()])) {
      const former = before.get(place)
      // A project's own files are watched.
      const isWatched = place.startsWith('page-')
      if (!isWatched && now.get(place) !== former) this.memory.changed(place, former)
    }
    if (change) this.memory.mayBeWritten()
    await perform(this, data, asking)
    return this.#check(index, asking)
  }

  /** Asks for everything once more. */
  async end(index: number): Promise<Finding[]> {
    const pages = [...this.world.pages.keys()]
    return this.#check(index, { pages, first: 'main', isAtOnce: false })
  }

  /** Whether something is still wrong after a restart, which is what developers try first. */
  async staysWrong({ index, page, server }: Finding): Promise<boolean> {
    try {
      await this.stop(server, true)
      await this.start(server, false)
      const pages = page ? [page] : [...this.world.pages.keys()]
      const findings = await this.#check(index, { pages, first: server, isAtOnce: false })
      return findings.some((finding) => finding.server === server)
    } catch {
      return true
    }
  }

  async start(server: ServerName, isForced: boolean): Promise<void> {
    await this.fleet.start(server, isForced)
    this.memory.started(server, this.sight(), isForced)
  }

  async stop(server: ServerName, isKilled = false): Promise<void> {
    await this.fleet.stop(server, isKilled)
    this.memory.stopped(server)
  }

  async restart(server: ServerName, isForced: boolean): Promise<void> {
    await this.fleet.restart(server, isForced)
    this.memory.started(server, this.sight(), isForced)
  }

  sight(): Sight {
    const ids = [...this.world.pages.values()].flatMap(({ imports }) => imports.map(({ id }) => id))
    for (const id of ids) this.#imported.add(id)
    const direct = [...this.#imported].map(packageOf)
    const isThere = (name: string) =>
      this.world.packages.has(name) || (shapes.get(name)!.isOptional && !direct.includes(name))
    return {
      lockfile: lockfileOf(this.world),
      generations: generations(this.world),
      ids: new Set(ids),
      isComplete: [...packagesBehind(direct)].every(isThere),
      isInPlace: this.world.layout === 'npm' && !this.world.wasLinked,
    }
  }

  async #check(index: number, asking: Asking): Promise<Finding[]> {
    const { environments, patience } = this.#options
    const expected = await this.#expect()
    this.#notePossible(asking, expected)
    const servers = this.fleet.names.toSorted((a) => (a === asking.first ? -1 : 1))
    const checks = servers.flatMap((server) =>
      environments.flatMap((environment) =>
        asking.pages.map((page): Check => ({ server, environment, page })),
      ),
    )
    const present = generations(this.world)
    const find = ({ server, environment, page }: Check, answer: Answer) =>
      findFault(answer, {
        expected: expected[environment]![page]!,
        present,
        former: (place) => this.memory.formerOf(server, place),
        mayFail: this.memory.mayFail(server, page),
      })
    const judged = checks.filter(
      ({ server, environment, page }) => !this.memory.isForgiven(server, environment, page),
    )
    this.#comparisons += judged.length
    const { isAtOnce } = asking
    const verdicts = await settle(this.fleet, judged, find, { isAtOnce, patience })
    return verdicts.map((verdict) =>
      Object.assign(verdict, {
        index,
        expected: expected[verdict.environment]![verdict.page]!,
        output: this.fleet.outputOf(verdict.server),
      }),
    )
  }

  /** What fresh plain Vite says of the files as they are. */
  async #expect(): Promise<Answers> {
    const { oracle, directory, environments } = this.#options
    const { pages, packages } = this.world
    const key = JSON.stringify([
      [...pages],
      [...packages].toSorted(([a], [b]) => a.localeCompare(b)),
    ])
    const known = this.#expectations.get(key)
    if (known) return known
    const answers = await oracle.ask({
      root: this.disk.root,
      cacheDir: path.join(directory, 'oracle'),
      environments,
      pages: [...pages.keys()],
    })
    this.#expectations.set(key, answers)
    return answers
  }

  /** What plain Vite does, and may do, when these pages are asked for. */
  #notePossible({ pages }: Asking, expected: Answers): void {
    const sight = this.sight()
    const all = Object.values(expected)
    const isRight = (page: string) => all.every((answers) => answers[page]!.error === undefined)
    for (const server of this.fleet.names) {
      for (const [page, { imports }] of this.world.pages) {
        const ids = imports.map(({ id }) => id)
        // A run that fails leaves behind a page that fails.
        const failing = this.memory.hasToRun(server, ids) && !sight.isComplete
        if (failing || !isRight(page)) this.memory.failed(server, page)
        else if (pages.includes(page)) this.memory.asked(server, ids, sight)
      }
    }
    this.memory.imported(sight.ids)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]()
    rmSync(this.#options.directory, { recursive: true, force: true, maxRetries: 3 })
  }
}
