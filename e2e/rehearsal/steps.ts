/** The steps of a rehearsal: what they were and whether they passed, in the form of a test report. */
export class Steps {
  readonly #steps: { name: string; seconds: number; error?: string }[] = []

  /** @throws {unknown} what the step throws: none that follows makes sense without it. */
  async step<T>(name: string, run: () => Promise<T>): Promise<T> {
    const start = performance.now()
    const seconds = () => Math.round((performance.now() - start) / 1000)
    try {
      const result = await run()
      this.#steps.push({ name, seconds: seconds() })
      console.log(`✓ ${name} (${seconds()} s)`)
      return result
    } catch (error) {
      this.#steps.push({ name, seconds: seconds(), error: String(error) })
      console.log(`✘ ${name} (${seconds()} s)`)
      throw error
    }
  }

  report(): object {
    const failed = this.#steps.filter(({ error }) => error !== undefined).length
    const stats = { expected: this.#steps.length - failed, unexpected: failed, flaky: 0 }
    return { stats, steps: this.#steps }
  }
}
