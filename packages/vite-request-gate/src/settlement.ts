import { setImmediate as immediate } from 'node:timers/promises'
import type { DevEnvironment } from 'vite'
import { optimizerWork } from './vite-internals.ts'
import type { Work } from './vite-internals.ts'

/**
 * Whether everything is settled, and if not, why. Something is going on from `begin()` to the call
 * of what that returns; what optimizers do is looked up, as nobody tells of it.
 */
export class Settlement {
  readonly #environments: Set<DevEnvironment>
  readonly #tasks = new Set<Work>()
  #settling: Promise<void> | undefined
  /** What those who wait are woken by when an environment is closed. */
  readonly #wakers = new Set<() => void>()

  constructor(environments: DevEnvironment[]) {
    this.#environments = new Set(environments)
  }

  /** An optimizer that is closed before its first run, as on Vite 6 and 7, never ends that. */
  close(environment: DevEnvironment): void {
    this.#environments.delete(environment)
    for (const wake of this.#wakers) wake()
  }

  /** The first thing that is going on. */
  get reason(): string | undefined {
    return this.#work()?.reason
  }

  /** @returns a function that ends it. */
  begin(reason: string): () => void {
    let end!: () => void
    const task = { reason, done: new Promise<void>((resolve) => (end = resolve)) }
    this.#tasks.add(task)
    return () => {
      this.#tasks.delete(task)
      end()
    }
  }

  settled(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => (this.#settling = undefined))
    return this.#settling
  }

  /** Resolves once no optimizer is at work, whatever else is going on. */
  async optimized(): Promise<void> {
    for (let work = this.#optimizing(); work; work = this.#optimizing()) await this.#end(work)
  }

  async #settle(): Promise<void> {
    do {
      for (let work = this.#work(); work; work = this.#work()) await this.#end(work)
      // An optimizer lets go of those who wait for it before it sends the reload.
      await immediate()
    } while (this.#work())
  }

  #end({ done }: Work): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake)
        resolve()
      }
      this.#wakers.add(wake)
      void done.then(wake, wake)
    })
  }

  #work(): Work | undefined {
    const [task] = this.#tasks
    return task ?? this.#optimizing()
  }

  #optimizing(): Work | undefined {
    for (const environment of this.#environments) {
      const work = optimizerWork(environment)
      if (work) return work
    }
    return undefined
  }
}
