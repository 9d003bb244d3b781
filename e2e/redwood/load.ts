import type { Request } from '../load.ts'

/** A third of the requests are server actions. */
export const pageOrAction: Request = (url, number, states) =>
  (number % 3 === 0 ? callAction : getPage)(url, number, states)

/** What is wrong with a page, if anything: its status alone proves nothing. */
const getPage: Request = async (url, number, states) => {
  const path = `/page/${number}`
  const response = await fetch(url + path)
  const text = await response.text()
  states.add(response.headers.get('x-state-id'))
  const parts = [
    '</html>',
    path,
    'Call server action',
    String(response.headers.get('x-request-id')),
  ]
  const missing = parts.filter((part) => !text.includes(part))
  if (response.status === 200 && missing.length === 0) return undefined
  return `GET ${number}: ${response.status} without ${missing.join()}: ${text.slice(0, 300)}`
}

/** The same for an action, called as RedwoodSDK's client calls it. */
export const callAction: Request = async (url, number, states) => {
  const id = encodeURIComponent('/src/app/actions.ts#callServerAction')
  const response = await fetch(`${url}/?__rsc=&__rsc_action_id=${id}`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'text/plain' },
    body: JSON.stringify([number]),
    redirect: 'manual',
  })
  const text = await response.text()
  const { headers, status } = response
  states.add(headers.get('x-state-id'))
  const ran = new RegExp(`Call ${number} (?:is|was) [^"]* in ${headers.get('x-request-id')}`)
  const isRight = status === 200 && headers.get('x-server-action-success') === 'true'
  if (isRight && ran.test(text)) return undefined
  return `POST ${number}: ${status}: ${text.slice(0, 300)}`
}
