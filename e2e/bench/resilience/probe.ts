import { setTimeout as sleep } from 'node:timers/promises'
import { Application } from './application.ts'
import type { Edit } from './edits.ts'

/** Milliseconds after which a person would try again: a request that a reload overtakes may hang. */
const PATIENCE = 3000
/** Milliseconds, far more than it should ever take. */
const DEADLINE = 15_000
/** Milliseconds between two looks. */
const PAUSE = 10

/**
 * Saves an edit and looks until it is served. A look that takes long goes on beside the next.
 *
 * @returns milliseconds from the save to the first correct answer that shows it, `undefined` if there
 * was none: a person would have restarted the server by then.
 */
export async function timeEdit(
  url: string,
  counterUrl: string,
  edit: Edit,
): Promise<number | undefined> {
  const application = new Application(url, counterUrl)
  const start = performance.now()
  const times: number[] = []
  const look = async (): Promise<void> => {
    const { fault, body } = await (edit.target === 'action'
      ? application.callAction()
      : application.getPage())
    if (fault === undefined && body.includes(edit.shows)) times.push(performance.now() - start)
  }

  edit.save()
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
