/** The import of one dependency. */
export interface Step {
  id: string
  /** The modules that the import evaluated, in order. */
  evaluated: string[]
  /** The modules that reading all exports evaluated. */
  touched: string[]
  /** Descriptions of the exports and their properties, by their paths. */
  exports: Record<string, string>
  error?: string
}

/** Imports of dependencies one after another, early ones first. */
export interface Observation {
  early: Step
  steps: Step[]
  /** Objects with several names: the first name, by each of the others. */
  same: Record<string, string>
  /** The value of a case's probe. */
  probe?: unknown
  /** Reasons for which the plugin left dependencies to Vite. */
  fellBack: string[]
}
