import type { DevEnvironment } from 'vite'

/** What became of dependencies that were discovered late. */
export interface Report {
  /** The name of the environment that asked for them. */
  environment: string
  /** Their ids, as they were imported. */
  added: string[]
  /** Why Vite re-optimizes for them after all. Absent where they were added. */
  fellBack?: string
  /** Milliseconds. */
  duration: number
}

/** The plugin's `api`, for other plugins. */
export interface IncrementalDepsApi {
  /** All reports so far, the oldest first. */
  readonly reports: readonly Report[]
  /** Calls `listener` with each further report. Returns a function that ends it. */
  onReport: (listener: (report: Report) => void) => () => void
  /** Whether late dependencies of the environment are added, where that is possible. */
  adds: (environment: DevEnvironment) => boolean
}
