/** What was seen of one dependency. */
export interface Step {
  id: string
  /** The modules that its import has evaluated, in order. */
  evaluated: string[]
  /** What reading all of its exports has evaluated. */
  touched: string[]
  /** A line for each export, and for each of its properties, by the way to it. */
  exports: Record<string, string>
  error?: string
}

/** What was seen of dependencies that were imported one after another, early ones first. */
export interface Observation {
  early: Step
  steps: Step[]
  /** Objects that are reached by several names: the first of those, by the others. */
  same: Record<string, string>
  /** What a case itself looks at. */
  probe?: unknown
  /** Why dependencies were not added but left to Vite. */
  fellBack: string[]
}
