/** The name of this package and of its plugin; every message starts with it. */
export const PACKAGE_NAME = '@holdfast/vite-hmr-bridge'

/** Answers pings in the runner that evaluates it. */
export const CLIENT_ID = 'virtual:vite-hmr-bridge/client'

/** Sent to a runner, `{ id }`. */
export const PING_EVENT = 'vite-hmr-bridge:ping'

/** The runner's answer, with the id of the ping, or without one when it is ready to answer. */
export const PONG_EVENT = 'vite-hmr-bridge:pong'

/** The root of everything that `@cloudflare/vite-plugin` evaluates in a worker. */
export const CLOUDFLARE_ENTRY_ID = '\0virtual:cloudflare/worker-entry'

/** How long `applied` waits by default, in ms: a large worker is re-imported in less. */
export const APPLIED_TIMEOUT = 5_000

/** So many reloads of one target may follow each other without a pause or a calm. */
export const STORM_LIMIT = 10

/** The first pause between two reloads in a storm, in ms; it doubles from one to the next. */
export const STORM_PAUSE = 1_000

/**
 * A storm is over when this long, in ms, no reload was needed. The pauses grow up to it. A reload
 * that causes the next one within it is recognized, and a person who saves all the time is hardly
 * kept waiting.
 */
export const STORM_CALM = 5_000
