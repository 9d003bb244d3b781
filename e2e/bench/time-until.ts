import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds after which a person would try again: a request that a reload overtakes may hang. */
const PATIENCE = 3000
/** Milliseconds, far more than it should ever take. */
const DEADLINE = 15_000
/** Milliseconds between two looks. */
const PAUSE = 10

/**
 * Saves an edit and looks until it is seen. A look that takes long goes on beside the next.
 *
 * @returns milliseconds from the save to the first look that saw it, `undefined` if there was none: a
 * person would have restarted the server by then.
 */
export async function timeUntil(
  save: () => void,
  isSeen: () => Promise<boolean>,
): Promise<number | undefined> {
  const start = performance.now()
  const times: number[] = []
  const look = async (): Promise<void> => {
    if (await isSeen()) times.push(performance.now() - start)
  }

  save()
  const looks = new Set<Promise<void>>()
  while (times.length === 0 && performance.now() - start < DEADLINE) {
    const one = look().finally(() => looks.delete(one))
    looks.add(one)
    const patience = new AbortController()
    await Promise.race([...looks, sleep(PATIENCE, undefined, patience).catch(() => {})])
    patience.abort()
    if (times.length === 0) await sleep(PAUSE)
  }
  return times[0]
}
