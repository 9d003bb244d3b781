/** The name of this package and of its plugin. */
export const PACKAGE_NAME = '@holdfast/vite-incremental-deps'

/**
 * Lies beside Vite's `_metadata.json`, in the directory that Vite replaces as a whole with each run
 * of its optimizer, and so is valid exactly as long as that is.
 */
export const RECORD_FILE = '_incremental.jsonl'

/** The bundler's plugin that takes part in the runs of Vite's optimizer. */
export const RECORD_PLUGIN = '@holdfast/vite-incremental-deps:record'

/** Beside it: for this start the outputs do, but not for the next. */
export const OUTDATED_FILE = '_incremental.outdated'
