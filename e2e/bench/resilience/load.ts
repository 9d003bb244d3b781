import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Calls `send` at a fixed rate until the signal says to stop, and waits for what is still under way.
 * Nothing is put off because the server is slow: its users would not wait for each other either, and
 * what is held back meanwhile would not be measured.
 *
 * @param rate - calls a second.
 * @param send - gets the number of the call and when it was due, on the clock of `performance.now()`.
 */
export async function generateLoad(
  rate: number,
  signal: AbortSignal,
  send: (number: number, due: number) => Promise<void>,
): Promise<void> {
  const start = performance.now()
  const pending = new Set<Promise<void>>()
  for (let number = 0; !signal.aborted; number++) {
    const due = start + (number * 1000) / rate
    await sleep(Math.max(0, due - performance.now()))
    const sent = send(number, due).finally(() => pending.delete(sent))
    pending.add(sent)
  }
  await Promise.all(pending)
}
