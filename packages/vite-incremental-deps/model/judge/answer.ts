/** What `show()` of a generated module returns. */
export interface Shown {
  mark: string
  instance?: number
  /** Text where an import is missing or has failed. */
  parts?: Record<string, Shown | string>
}

/** What a page says, or why it says nothing. */
export type Answer = { shown: Shown; error?: undefined } | { shown?: undefined; error: string }

export interface Mark {
  /** The package, or `parent>name` for a nested one, or the page. */
  place: string
  generation: string
  file: string
}

export function parseMark(mark: string): Mark {
  const [, place, generation, file] = /^(.+)@(\d+\.\d+\.\d+#\d+)\/(.+)$/.exec(mark)!
  return { place: place!, generation: generation!, file: file! }
}

/** A module and all that it runs on, each as often as it is reached. */
export function modulesOf(shown: Shown): Shown[] {
  const parts = Object.values(shown.parts ?? {}).filter((part) => typeof part !== 'string')
  return [shown, ...parts.flatMap(modulesOf)]
}

/** What must be equal: everything but which evaluation it is. */
export function textOf(shown: Shown): string {
  return JSON.stringify(shown, (key, value: unknown) => (key === 'instance' ? undefined : value))
}

/** Runs an evaluation, and takes a failure as the answer. */
export async function answerOf(evaluate: () => Promise<unknown>): Promise<Answer> {
  try {
    return { shown: (await evaluate()) as Shown }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
