/** The name of this package and of its plugin; every error message starts with it. */
export const PACKAGE_NAME = '@holdfast/vite-state-plugin'

/** What libraries import to reach the shared module. */
export const DEFAULT_SPECIFIER = 'rwsdk/__state'

/** The package behind the specifier, a dependency of this one. */
export const DEFAULT_RUNTIME = '@holdfast/state-runtime'
