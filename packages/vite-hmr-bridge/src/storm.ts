import type { DevEnvironment } from 'vite'
import { PACKAGE_NAME, STORM_CALM, STORM_LIMIT, STORM_PAUSE } from './constants.ts'

/**
 * Spaces out the reloads of one target when there is no end of them. One that is held back is made
 * up for after a bounded pause, so that the target never stays stale.
 */
export class StormGuard {
  readonly #target: DevEnvironment
  readonly #catchUp: () => void
  /** How often each cause asked without a calm in between. */
  readonly #asked = new Map<string, number>()
  readonly #named = new Set<string>()
  #reloads = 0
  #last = -Infinity
  #held: NodeJS.Timeout | undefined

  constructor(target: DevEnvironment, catchUp: () => void) {
    this.#target = target
    this.#catchUp = catchUp
  }

  get isHolding(): boolean {
    return this.#held !== undefined
  }

  /** Whether the target may be told now. `undefined` is a cause that cannot make a storm. */
  allows(causes: (string | undefined)[]): boolean {
    const elapsed = performance.now() - this.#last
    if (elapsed > STORM_CALM) {
      this.#reloads = 0
      this.#asked.clear()
    }
    for (const cause of causes) {
      if (cause !== undefined) this.#asked.set(cause, (this.#asked.get(cause) ?? 0) + 1)
    }
    const isProgress = causes.includes(undefined)
    const excess = this.#reloads - STORM_LIMIT
    const pause = excess < 0 ? 0 : Math.min(STORM_PAUSE * 2 ** excess, STORM_CALM)
    if (isProgress || elapsed >= pause) {
      this.#told(isProgress)
      return true
    }
    this.#warn(causes)
    this.#held ??= setTimeout(() => {
      this.#told(false)
      this.#catchUp()
    }, pause - elapsed).unref()
    return false
  }

  close(): void {
    clearTimeout(this.#held)
    this.#held = undefined
  }

  #told(isProgress: boolean): void {
    this.close()
    this.#last = performance.now()
    if (!isProgress) this.#reloads++
  }

  #warn(causes: (string | undefined)[]): void {
    for (const cause of causes) {
      if (cause === undefined || this.#asked.get(cause)! <= STORM_LIMIT) continue
      if (this.#named.has(cause)) continue
      this.#named.add(cause)
      this.#target.logger.warn(
        `[${PACKAGE_NAME}] more than ${STORM_LIMIT} reloads in a row for ` +
          `"${this.#target.name}" because of ${cause}; from now on they are up to ` +
          `${STORM_CALM / 1000} s apart; find out what keeps changing it`,
      )
    }
  }
}
