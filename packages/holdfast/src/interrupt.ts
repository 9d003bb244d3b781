/**
 * Calls `say` when the process is interrupted, for which Vite closes no server: it handles SIGTERM
 * alone (`setupSIGTERMListener` in `utils.ts`, the same in Vite 6 to 8). Returns a function that
 * ends it.
 */
export function onInterrupt(say: () => void): () => void {
  const stop = (): void => {
    process.off('SIGINT', interrupted)
  }
  const interrupted = (): void => {
    stop()
    say()
    // Without any listener Node ends the process, which is up to the others if there are some.
    if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT')
  }
  process.on('SIGINT', interrupted)
  return stop
}
