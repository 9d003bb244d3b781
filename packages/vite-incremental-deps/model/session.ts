import { rmSync } from 'node:fs'
import path from 'node:path'
import type { Answer } from './judge/answer.ts'
import { findFault, Surfaces } from './judge/judge.ts'
import { Memory } from './judge/memory.ts'
import type { Sight } from './judge/memory.ts'
import { settle } from './judge/settle.ts'
import type { Check, Verdict } from './judge/settle.ts'
import { packageOf, shapes } from './packages/catalogue.ts'
import { Disk } from './project/disk.ts'
import { generations, lockfileOf } from './project/world.ts'
import type { World } from './project/world.ts'
import type { EnvironmentName } from './servers/config.ts'
import { textOfConfig } from './servers/config.ts'
import type { Answers } from './servers/fresh-vite.ts'
import { Fleet } from './servers/fleet.ts'
import type { Oracle } from './servers/oracle.ts'
import { packagesBehind } from './steps/change.ts'
import { perform } from './steps/perform.ts'
import type { Plan } from './steps/plan.ts'
import type { Asking, ServerName, Step } from './steps/step.ts'

/** Which server is under test. */
export interface Subject {
  /** The URL of the plugin; none for plain Vite. */
  plugin: string | undefined
  /** The path of Vite. */
  vite: string
}

export interface SessionOptions {
  plan: Plan
  /** Which of the plan's steps. */
  indices: number[]
  subject: Subject
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
  readonly #surfaces = new Surfaces()
  readonly #expectations = new Map<string, Answers>()
  /** Everything that was ever imported. */
  readonly #imported = new Set<string>()
  #wasLinked = false

  constructor(options: SessionOptions) {
    const { plan, directory, subject } = options
    this.#options = options
    this.world = structuredClone(plan.world)
    const root = path.join(directory, 'project')
    this.disk = new Disk(root, this.world, textOfConfig(subject.plugin))
    this.fleet = new Fleet({ root, vite: subject.vite, hasHttpCache: plan.hasHttpCache })
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
    const step = this.#options.plan.steps[index]!
    if (!this.#canTake(step)) return undefined
    const before = generations(this.world)
    this.memory.before(step)
    const noteChanges = () => {
      for (const [place, former] of before) this.#noteChange(place, former)
      for (const place of generations(this.world).keys()) {
        if (!before.has(place)) this.#noteChange(place, undefined)
      }
      if (step.kind === 'link') this.#wasLinked = true
    }
    const isDone = await perform(this, step, noteChanges)
    return isDone ? this.#check(index, step.asking) : undefined
  }

  /** Asks for everything once more. */
  async end(index: number): Promise<Finding[]> {
    const pages = [...this.world.pages.keys()]
    return this.#check(index, { pages, first: 'main', isAtOnce: false })
  }

  async start(server: ServerName, isForced: boolean): Promise<void> {
    await this.fleet.start(server, isForced)
    this.memory.started(server, this.sight(), isForced)
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
      isInPlace: this.world.layout === 'npm' && !this.#wasLinked,
    }
  }

  /** Servers come and go, and steps may be left out. */
  #canTake(step: Step): boolean {
    if (step.kind === 'stop') return this.fleet.has('second')
    if (step.kind === 'restart' || step.kind === 'kill') return this.fleet.has(step.server)
    return true
  }

  #noteChange(place: string, former: string | undefined): void {
    // A project's own files are watched.
    if (place.startsWith('page-')) return
    if (generations(this.world).get(place) !== former) this.memory.changed(place, former)
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
        hasFormer: this.memory.hasFormer(server),
        mayFail: this.memory.mayFail(server, page),
        surfaces: this.#surfaces,
      })
    const judged = checks.filter(
      ({ server, environment, page }) => !this.memory.isForgiven(server, environment, page),
    )
    const { isAtOnce } = asking
    const verdicts = await settle(this.fleet, judged, find, { isAtOnce, patience })
    return verdicts.map((verdict) => ({
      ...verdict,
      index,
      expected: expected[verdict.environment]![verdict.page]!,
      output: this.fleet.outputOf(verdict.server),
    }))
  }

  /** What fresh plain Vite says of the files as they are. */
  async #expect(): Promise<Answers> {
    const { oracle, directory, environments } = this.#options
    const { pages, packages } = this.world
    const key = JSON.stringify([[...pages], [...packages].toSorted()])
    const known = this.#expectations.get(key)
    if (known) return known
    const answers = await oracle.ask({
      root: this.disk.root,
      cacheDir: path.join(directory, 'oracle'),
      environments,
      pages: [...pages.keys()],
    })
    for (const byPage of Object.values(answers)) {
      for (const { shown } of Object.values(byPage)) if (shown) this.#surfaces.learn(shown)
    }
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
