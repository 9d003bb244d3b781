import type { Kind } from './edits.ts'

/** Milliseconds. What a reload overtakes may never be answered. */
const TIMEOUT = 15_000

const ACTION = encodeURIComponent('/src/app/actions.ts#callServerAction')

/** Whether an answer is complete and contains `text`. Never rejects. */
export async function isServed(url: string, kind: Kind, text: string): Promise<boolean> {
  const body = await (kind === 'server action' ? callAction(url) : getPage(url)).catch(() => '')
  return body.includes(text)
}

async function getPage(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) })
  const text = await response.text()
  const isWhole = ['Server component:', 'Client component on', '</html>'].every((part) =>
    text.includes(part),
  )
  return response.ok && isWhole ? text : ''
}

async function callAction(url: string): Promise<string> {
  const response = await fetch(`${url}/?__rsc=&__rsc_action_id=${ACTION}`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'text/plain' },
    body: '[1]',
    signal: AbortSignal.timeout(TIMEOUT),
  })
  const text = await response.text()
  const hasRun = response.headers.get('x-server-action-success') === 'true'
  return response.ok && hasRun ? text : ''
}
