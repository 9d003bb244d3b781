/** The name of this package and of its plugin; every message starts with it. */
export const PACKAGE_NAME = '@holdfast/vite-hmr-bridge'

/** Answers pings in the runner that evaluates it. */
export const CLIENT_ID = 'virtual:vite-hmr-bridge/client'

/** Sent to a runner, `{ id }`. */
export const PING_EVENT = 'vite-hmr-bridge:ping'

/** The runner's answer, with the id of the ping. */
export const PONG_EVENT = 'vite-hmr-bridge:pong'

/** The root of everything that `@cloudflare/vite-plugin` evaluates in a worker. */
export const CLOUDFLARE_ENTRY_ID = '\0virtual:cloudflare/worker-entry'

/** How long `applied` waits by default, in ms: a large worker is re-imported in less. */
export const APPLIED_TIMEOUT = 5_000

/**
 * More than this many reloads of one target within the window, in ms, is a storm. A person saves at
 * most twice a second, and dependencies that are discovered one after the other do not count: what
 * is left is a file or a dependency that changes *because* of the reload.
 */
export const STORM_LIMIT = 10
export const STORM_WINDOW = 5_000

/** A storm is over when this long, in ms, nothing asked for a reload. */
export const STORM_CALM = 1_000
