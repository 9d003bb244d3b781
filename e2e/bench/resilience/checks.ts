/** What is wrong with an answer, in a few words that many answers share. */
export type Fault = string

export interface Answer {
  status: number
  headers: Headers
  body: string
}

const errorTexts = [
  'There is no current request',
  'Cannot read properties of null',
  'Invalid hook call',
  'new version of the pre-bundle',
  'does not exist at',
  'Internal server error',
]

/**
 * A page has to be whole, and every part of it has to know the request that it is rendered for: many
 * answers that went wrong have the status 200.
 */
export function findPageFault(answer: Answer, path: string): Fault | undefined {
  const { body, headers } = answer
  const fault = findFault(answer)
  if (fault !== undefined) return fault
  const id = headers.get('x-request-id')
  const shows = (part: string, text: string) => body.includes(`data-testid="${part}">${text}<`)

  if (!body.endsWith('</body></html>')) return 'page incomplete'
  if (!shows('server-part', id!)) return 'context missing: server component'
  if (!shows('client-part', path)) return 'client component missing'
  if (!shows('path', path) || !shows('request-id', id!)) return 'answer to another request'
  return findPayloadFault(flightIn(body), path)
}

/** The payload has to be whole, and the action's result that of this call in this request. */
export function findActionFault(answer: Answer, path: string, key: string): Fault | undefined {
  const { body, headers } = answer
  const fault = findFault(answer)
  if (fault !== undefined) return fault
  if (!body.includes('"returnValue":{"ok":true,')) return 'action failed'
  const isRight = body.includes(`Ran ${key} in ${headers.get('x-request-id')}.`)
  return isRight ? findPayloadFault(body, path) : 'answer to another call'
}

function findFault({ status, headers, body }: Answer): Fault | undefined {
  const text = errorTexts.find((each) => body.includes(each))
  if (status !== 200) return `status ${status}${text === undefined ? '' : `: ${text}`}`
  if (body === '') return 'empty body'
  if (text !== undefined) return `error text: ${text}`
  if (!headers.has('x-request-id')) return 'context missing: worker'
  return undefined
}

/**
 * Each row of React's format has an id, by which others refer to it, and ends with a line; `E` is an
 * error in place of what was to come.
 */
function findPayloadFault(flight: string, path: string): Fault | undefined {
  if (/^[\da-f]+:E/m.test(flight)) return 'error in payload'
  const rows = new Set([...flight.matchAll(/^([\da-f]+):/gm)].map(([, id]) => id))
  const references = [...flight.matchAll(/"\$[L@]?([\da-f]+)"/g)].map(([, id]) => id)
  const isWhole = flight.endsWith('\n') && rows.has('0') && references.every((id) => rows.has(id))
  return isWhole && flight.includes(`"path":"${path}"`) ? undefined : 'payload incomplete'
}

/** The payload that the page carries for the browser. */
function flightIn(page: string): string {
  const pushes = page.matchAll(/\(self\.__FLIGHT_DATA\|\|=\[\]\)\.push\((".*?")\)<\/script>/g)
  return [...pushes].map(([, text]) => JSON.parse(text!) as string).join('')
}
