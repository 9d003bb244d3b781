/** Where a server tells what its gate counts. Looks like a file, so that it is not held itself. */
export const STATS_PATH = '/faults/stats.json'

/** Answers with the digest of what it is sent, of which it reads no more until the latch is open. */
export const UPLOAD_PATH = '/faults/upload'

/** Sends one event, and another once the latch is open. */
export const EVENTS_PATH = '/faults/events'

/** Echoes. */
export const SOCKET_PATH = '/faults/socket'
