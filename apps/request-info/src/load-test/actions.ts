'use server'

import { requestInfo } from '@holdfast/request-info'

const lines: (() => string)[] = []
// more lines

/**
 * Has an effect in the world outside, as actions do, and says in which request.
 *
 * @param key - unique to the call, so that whoever counts can tell one that ran twice.
 * @param counter - the URL that counts.
 */
export async function runCounted(key: string, counter?: string): Promise<string> {
  if (counter !== undefined) await fetch(counter, { method: 'POST', body: key })
  return [`Ran ${key} in ${requestInfo.id}.`, ...lines.map((line) => line())].join(' ')
}
