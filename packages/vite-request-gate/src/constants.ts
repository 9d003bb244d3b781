/** The name of this package and of its plugin; every message starts with it. */
export const PACKAGE_NAME = '@holdfast/vite-request-gate'

/** In an answer of the gate's own: why it could not be the application's. */
export const REASON_HEADER = 'x-holdfast-reason'

/** Marks what code that runs in this process asks of its own server while it serves a request. */
export const OWN_HEADER = 'x-holdfast-own'

/** Has a runner tell what it has applied; see `@holdfast/vite-hmr-bridge`. */
export const CLIENT_ID = 'virtual:vite-hmr-bridge/client'
