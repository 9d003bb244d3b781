import { sources } from '@holdfast/app-request-info/sources'
import { addParts } from './edits.ts'

/** Has the harness show what the load asks for, for as long as that runs. */
export async function onHarness<T>(run: () => Promise<T>): Promise<T> {
  sources.reset()
  addParts()
  try {
    return await run()
  } finally {
    sources.reset()
  }
}
