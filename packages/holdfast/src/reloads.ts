import { setImmediate as immediate } from 'node:timers/promises'
import { createHandshake, intercept, observeRunner } from '@holdfast/vite-hmr-bridge'
import type { Handshake, ObservedRunner } from '@holdfast/vite-hmr-bridge'
import type { DevEnvironment } from 'vite'
import { debug } from './debug.ts'
import type { Entry } from './timeline.ts'

/** How long a runner may take to apply a reload, in ms. */
const TIMEOUT = 5000
/** The same for one that has never said that it can tell. */
const FIRST_TIMEOUT = 500
/** A bridge sends a reload on in an immediate: enough for a chain of two. */
const IMMEDIATES = 3

export type Reloads = Entry['reloads']

/** Sees which server environments are told to reload, and asks their runners whether they did. */
export class ReloadWatch {
  readonly #runners = new Map<string, { handshake: Handshake; observed: ObservedRunner }>()
  readonly #endings: (() => void)[] = []
  /** The environments that were, in order. */
  readonly #sent: string[] = []

  constructor(environments: DevEnvironment[]) {
    for (const environment of environments) {
      const { config, hot, name } = environment
      if (config.consumer === 'client') continue
      const observed = observeRunner(environment)
      this.#runners.set(name, { handshake: createHandshake(environment), observed })
      const end = intercept(hot, (payload) => {
        // One that is due to an edit says so.
        if (payload.type !== 'full-reload' || payload.triggeredBy !== undefined) return
        debug(`${name}: a reload is sent`)
        this.#sent.push(name)
      })
      this.#endings.push(end)
    }
  }

  /** How many there have been. */
  get count(): number {
    return this.#sent.length
  }

  /**
   * Which runners are told to reload as the environment's optimizer has put a run in place.
   *
   * @param since the `count` before it did.
   */
  async follow(environment: string, since: number): Promise<Reloads> {
    for (let turn = 0; turn < IMMEDIATES; turn++) await immediate()
    const sent = this.#sent.slice(since)
    const own = sent.lastIndexOf(environment)
    return own < 0
      ? []
      : [...new Set(sent.slice(own))]
          .filter((name) => this.#runners.get(name)!.observed.hasRunner)
          .map((name) => ({ environment: name, isAcknowledged: false }))
  }

  /** Asks the runners whether they have applied it, and sets down what they say. */
  async acknowledge(reloads: Reloads): Promise<void> {
    await Promise.all(
      reloads.map(async (reload) => {
        const { handshake } = this.#runners.get(reload.environment)!
        const timeout = handshake.isAnswered ? TIMEOUT : FIRST_TIMEOUT
        reload.isAcknowledged = await handshake.ping(timeout)
        const how = reload.isAcknowledged ? 'is' : 'is not'
        debug(`${reload.environment}: the reload ${how} acknowledged`)
      }),
    )
  }

  close(): void {
    for (const end of this.#endings) end()
    for (const { handshake } of this.#runners.values()) handshake.close()
  }
}
