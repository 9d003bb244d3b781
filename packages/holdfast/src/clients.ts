import type { IncomingHttpHeaders } from 'node:http'
import { isIPv4 } from 'node:net'

/**
 * The addresses for which a proxy says that it asks, by whichever header it says so. One that hides
 * them (`unknown`, `_name`) is told as such: it may be any machine's.
 */
export function forwardedFor(headers: IncomingHttpHeaders): string[] {
  const plain = [headers['x-forwarded-for'], headers['x-real-ip']].flatMap((value) =>
    listOf(value).map((address) => address.trim()),
  )
  return [...plain, ...listOf(headers.forwarded).flatMap(forOf)].filter((address) => address !== '')
}

/** A header that is sent twice is one list, which Node makes of those that it knows. */
const listOf = (value: string | string[] | undefined): string[] =>
  [value ?? []].flat().flatMap((one) => one.split(','))

/** The `for` parameter of one element of `Forwarded` (RFC 7239). Quotes are not heeded: no address has a comma. */
function forOf(element: string): string[] {
  return element.split(';').flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=')
    if (name.trim().toLowerCase() !== 'for') return []
    return [rest.join('=').trim().replaceAll('"', '')]
  })
}

/** With a port, and an IPv6 address in brackets, as `Forwarded` and some proxies have it. */
const HOST = /^(?:\[([^\]]*)\]|([\d.]+))(?::\w+)?$/

/** Whether an address is one of this machine's own. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  const [, v6, v4] = HOST.exec(address) ?? []
  // A dual-stack socket tells IPv4 addresses as IPv6.
  const plain = (v6 ?? v4 ?? address).replace(/^::ffff:/i, '')
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}
