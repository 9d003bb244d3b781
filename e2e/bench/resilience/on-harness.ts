import { reset } from '@holdfast/app-request-info/reset'
import { addParts } from './edits.ts'

/** Has the harness show what the load asks for, for as long as that runs. */
export async function onHarness<T>(run: () => Promise<T>): Promise<T> {
  reset()
  addParts()
  try {
    return await run()
  } finally {
    reset()
  }
}
