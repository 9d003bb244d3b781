/** The name of this package and of its plugin; every message starts with it. */
export const PACKAGE_NAME = '@holdfast/vite-evaluate-once'

/** Sent by a runner in which a module of the application failed to evaluate; a {@link Failure}. */
export const FAILED_EVENT = 'vite-evaluate-once:failed'

export interface Failure {
  message: string
  /** As the runtime gives it: with source maps applied, or not. */
  stack: string
  /** The generation for which the module was fetched. */
  generation: number
}
