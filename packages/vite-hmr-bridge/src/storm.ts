import type { DevEnvironment } from 'vite'
import type { Cause } from './cause.ts'
import { PACKAGE_NAME, STORM_CALM, STORM_LIMIT, STORM_WINDOW } from './constants.ts'

/**
 * Bounds the reloads of one target. In a storm nothing gets through; when it has calmed down, one
 * reload makes up for all that were held back, so that the target never stays stale.
 */
export class StormGuard {
  readonly #target: DevEnvironment
  readonly #catchUp: () => void
  #recent: { time: number; name: string }[] = []
  #calm: NodeJS.Timeout | undefined

  constructor(target: DevEnvironment, catchUp: () => void) {
    this.#target = target
    this.#catchUp = catchUp
  }

  get isHolding(): boolean {
    return this.#calm !== undefined
  }

  /** Whether the target may be told. */
  allows(causes: Cause[]): boolean {
    if (this.#calm) {
      this.#calm.refresh()
      return false
    }
    if (causes.some(({ isProgress }) => isProgress)) return true
    const time = performance.now()
    this.#recent = this.#recent.filter((reload) => time - reload.time < STORM_WINDOW)
    this.#recent.push(...causes.slice(0, 1).map(({ name }) => ({ time, name })))
    if (this.#recent.length <= STORM_LIMIT) return true
    this.#warn()
    this.#calm = setTimeout(() => {
      this.close()
      this.#catchUp()
    }, STORM_CALM).unref()
    return false
  }

  close(): void {
    clearTimeout(this.#calm)
    this.#calm = undefined
    this.#recent = []
  }

  #warn(): void {
    const counts = new Map<string, number>()
    for (const { name } of this.#recent) counts.set(name, (counts.get(name) ?? 0) + 1)
    const [most] = [...counts].toSorted(([, a], [, b]) => b - a)
    this.#target.logger.warn(
      `[${PACKAGE_NAME}] more than ${STORM_LIMIT} reloads for "${this.#target.name}" ` +
        `in ${STORM_WINDOW / 1000} s, ${most![1]} of them because of ${most![0]}; ` +
        `it gets none until ${STORM_CALM / 1000} s without a further one have passed; ` +
        'find out what keeps changing it',
    )
  }
}
