/** The name of this package and of its plugin. */
export const PACKAGE_NAME = '@holdfast/vite-incremental-deps'

/**
 * Lies beside Vite's `_metadata.json`, in the directory that Vite replaces as a whole with each run
 * of its optimizer, and so is valid exactly as long as that is.
 */
export const RECORD_FILE = '_incremental.json'

/**
 * In a package with at most this many JavaScript files every module is an entry, so that whatever
 * comes later of it shares all its modules. In a larger one only what other packages import is: a
 * file for each of its modules would be loaded one by one.
 */
export const SMALL_PACKAGE = 100
