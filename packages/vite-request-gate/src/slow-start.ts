/**
 * How many of those that waited may go on: one, and two more for each that is done with. After a
 * reload the first loads what the others need, and all at once would each ask for every module of it.
 */
export class SlowStart {
  room = 1
  readonly #underWay = new Set<Promise<number>>()

  /** @param done resolves when the one that goes on makes room for others. */
  enter(done: Promise<unknown>): void {
    this.room--
    const left = done.then(() => {
      this.#underWay.delete(left)
      return (this.room += 2)
    })
    this.#underWay.add(left)
  }

  /** Resolves when there is room. */
  async hasRoom(): Promise<void> {
    while (this.room === 0) await Promise.race(this.#underWay)
  }
}
