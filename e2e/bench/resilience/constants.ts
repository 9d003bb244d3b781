/** The environment variable that tells a server its `cacheDir`. */
export const CACHE_DIRECTORY_VARIABLE = 'LOAD_TEST_CACHE'

/** Where a server answers with what its plugins say of themselves. */
export const FIGURES_PATH = '/__load-test/figures'

/** Modules of this prefix, followed by the id of a late dependency, give its value. */
export const HIDDEN_PREFIX = 'virtual:load-test/'
