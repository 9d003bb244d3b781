import { randomUUID } from 'node:crypto'
import type { DevEnvironment } from 'vite'
import { ANSWER_EVENT, ASK_EVENT } from './constants.ts'
import type { Answer, ListedKey, Question } from './list-keys.ts'

/** A key that has a value, in one isolate. */
export interface StateKey extends ListedKey {
  /** The names of the environments whose code shares the value, for they run in one isolate. */
  environments: string[]
}

export interface StateKeysOptions {
  /**
   * Whether to tell the values, as text. They may hold what nobody should read over a shoulder.
   * @default false
   */
  values?: boolean
  /**
   * How long to wait for each environment, in ms.
   * @default 1000
   */
  timeout?: number
}

/** Asks the runners of one dev server for their keys. */
export class KeyInquiry {
  readonly #environments: DevEnvironment[]
  readonly #virtualId: string
  /** Those that have answered, and those that have not when they were first asked. */
  readonly #answering = new Set<DevEnvironment>()
  readonly #silent = new Set<DevEnvironment>()
  readonly #pending = new Map<string, (answer: Answer) => void>()

  /** @param virtualId the module that has runners answer. */
  constructor(environments: DevEnvironment[], virtualId: string) {
    // Each open page of the browser would be an isolate of its own.
    this.#environments = environments.filter(({ config }) => config.consumer === 'server')
    this.#virtualId = virtualId
    for (const environment of this.#environments) {
      environment.hot.on(ANSWER_EVENT, (answer: Answer) => {
        this.#answering.add(environment)
        // A bridged environment's module is there in copies, and each answers: the first counts.
        this.#pending.get(answer.id)?.(answer)
      })
    }
  }

  /** Never rejects. Environments that do not answer are left out. */
  async ask(options: StateKeysOptions = {}): Promise<StateKey[]> {
    // One that was served the module may have it evaluated by the runner of another.
    if (!this.#environments.some((environment) => this.#isServed(environment))) return []
    const isolates = new Map<string, { environments: string[]; keys: ListedKey[] }>()
    const asked = this.#environments.map(async (environment) => {
      const answer = await this.#askOne(environment, options)
      if (!answer) return
      const isolate = isolates.get(answer.isolate) ?? { environments: [], keys: answer.keys }
      isolate.environments.push(environment.name)
      isolates.set(answer.isolate, isolate)
    })
    await Promise.all(asked)
    return [...isolates.values()].flatMap(({ environments, keys }) =>
      keys.map((key) => ({ ...key, environments })),
    )
  }

  #isServed({ moduleGraph }: DevEnvironment): boolean {
    return moduleGraph.getModuleById(this.#virtualId) !== undefined
  }

  #askOne(
    environment: DevEnvironment,
    { values = false, timeout = 1000 }: StateKeysOptions,
  ): Promise<Answer | undefined> {
    const id = randomUUID()
    return new Promise((resolve) => {
      const settle = (answer?: Answer): void => {
        clearTimeout(timer)
        this.#pending.delete(id)
        resolve(answer)
      }
      // One without a runner never answers. A late answer tells that there is one, for the next time.
      const isMute = this.#silent.has(environment) && !this.#answering.has(environment)
      const giveUp = (): void => {
        this.#silent.add(environment)
        settle()
      }
      const timer = setTimeout(giveUp, isMute ? 0 : timeout).unref()
      this.#pending.set(id, settle)
      try {
        environment.hot.send(ASK_EVENT, { id, isolate: id, withValues: values } satisfies Question)
      } catch {
        // Before 1.29 the Cloudflare plugin's channel asserts that the runner is connected.
        settle()
      }
    })
  }
}
