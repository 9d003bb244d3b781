import { randomUUID } from 'node:crypto'
import type { DevEnvironment } from 'vite'
import { ANSWER_EVENT, ASK_EVENT, READY_EVENT } from './constants.ts'
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
  readonly #ready = new Set<DevEnvironment>()
  readonly #pending = new Map<string, (answer: Answer) => void>()

  /** @param environments are listened to from now on, so that none can be ready before. */
  constructor(environments: Iterable<DevEnvironment>) {
    for (const environment of environments) {
      // Each open page of the browser would be an isolate of its own.
      if (environment.config.consumer !== 'server') continue
      environment.hot.on(READY_EVENT, () => this.#ready.add(environment))
      // A bridged environment's module is there in copies, and each answers: the first counts.
      environment.hot.on(ANSWER_EVENT, (answer: Answer) => this.#pending.get(answer.id)?.(answer))
    }
  }

  /** Never rejects. Environments that do not answer are left out. */
  async ask(options: StateKeysOptions = {}): Promise<StateKey[]> {
    const isolates = new Map<string, { environments: string[]; keys: ListedKey[] }>()
    const asked = [...this.#ready].map(async (environment) => {
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

  #askOne(
    { hot }: DevEnvironment,
    { values = false, timeout = 1000 }: StateKeysOptions,
  ): Promise<Answer | undefined> {
    const id = randomUUID()
    return new Promise((resolve) => {
      const settle = (answer?: Answer): void => {
        clearTimeout(timer)
        this.#pending.delete(id)
        resolve(answer)
      }
      const timer = setTimeout(settle, timeout).unref()
      this.#pending.set(id, settle)
      try {
        hot.send(ASK_EVENT, { id, isolate: id, withValues: values } satisfies Question)
      } catch {
        // Before 1.29 the Cloudflare plugin's channel asserts that the runner is connected.
        settle()
      }
    })
  }
}
