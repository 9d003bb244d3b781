import { timeUntil } from '../time-until.ts'
import { Application } from './application.ts'
import type { Edit } from './edits.ts'

/**
 * Saves an edit and looks until it is served.
 *
 * @returns milliseconds from the save to the first correct answer that shows it, `undefined` if there
 * was none.
 */
export async function timeEdit(
  url: string,
  counterUrl: string,
  edit: Edit,
): Promise<number | undefined> {
  const application = new Application(url, counterUrl)
  return timeUntil(edit.save, async () => {
    const { fault, body } = await (edit.target === 'action'
      ? application.callAction()
      : application.getPage())
    return fault === undefined && body.includes(edit.shows)
  })
}
