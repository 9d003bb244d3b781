const interruption = new AbortController()

/** Aborted when the process is asked to end, so that everything unwinds and is cleaned up. */
export const interrupted: AbortSignal = interruption.signal

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Each time: a terminal and a task runner both tell, and the second must not cut the first short.
  process.on(name, () => interruption.abort(new Error(`Interrupted by ${name}.`)))
}
