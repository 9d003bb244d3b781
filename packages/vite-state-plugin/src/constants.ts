/** The name of this package and of its plugin; every error message starts with it. */
export const PACKAGE_NAME = '@holdfast/vite-state-plugin'

/** What libraries import to reach the shared module. */
export const DEFAULT_SPECIFIER = 'rwsdk/__state'

/** The package behind the specifier, a dependency of this one. */
export const DEFAULT_RUNTIME = '@holdfast/state-runtime'

/** Sent to a runner: a `Question`. */
export const ASK_EVENT = 'vite-state-plugin:ask'

/** The runner's answer, an `Answer`. */
export const ANSWER_EVENT = 'vite-state-plugin:answer'
