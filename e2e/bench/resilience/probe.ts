import { setTimeout as sleep } from 'node:timers/promises'
import { Application } from './application.ts'
import type { Edit } from './edits.ts'

/** Milliseconds; a request that a reload overtakes may never be answered. */
const TIMEOUT = 3000
/** Milliseconds, far more than it should ever take. */
const DEADLINE = 15_000
/** Milliseconds between two looks. */
const PAUSE = 10

/**
 * Saves an edit and looks until it is served.
 *
 * @returns milliseconds from the save to the first correct answer that shows it, `undefined` if there
 * was none: a person would have restarted the server by then.
 */
export async function timeEdit(
  url: string,
  counterUrl: string,
  edit: Edit,
): Promise<number | undefined> {
  const application = new Application(url, counterUrl, TIMEOUT)
  const start = performance.now()
  edit.save()
  while (performance.now() - start < DEADLINE) {
    const { fault, body } = await (edit.target === 'action'
      ? application.callAction()
      : application.getPage())
    if (fault === undefined && body.includes(edit.shows)) return performance.now() - start
    await sleep(PAUSE)
  }
  return undefined
}
