/**
 * Calls `say` when the process ends without a server being closed: Vite closes it on SIGTERM alone
 * (`setupSIGTERMListener` in `utils.ts`, the same in Vite 6 to 8), and where there is Miniflare, it
 * ends the process before that on any signal. Returns a function that ends it.
 */
export function onProcessEnd(say: () => void): () => void {
  const stop = (): void => {
    process.off('SIGINT', interrupted)
    process.off('exit', exiting)
  }
  const exiting = (): void => {
    stop()
    say()
  }
  const interrupted = (): void => {
    exiting()
    // Without any listener Node ends the process, which is up to the others if there are some.
    if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT')
  }
  process.on('SIGINT', interrupted)
  process.on('exit', exiting)
  return stop
}
