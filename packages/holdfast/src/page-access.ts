import type { IncomingMessage } from 'node:http'
import { forwardedFor, isLoopback } from './clients.ts'

/**
 * Why a request for the page or its data is refused; `undefined` if it is not. That the `Host` is one
 * of `server.allowedHosts`, Vite has seen to before.
 *
 * @param remote whether other machines may ask.
 */
export function findRefusal(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  remote: boolean,
): string | undefined {
  const { origin } = headers
  // Vite's own middleware for CORS lets every origin on this machine read.
  if (origin !== undefined && hostOf(origin) !== (headers.host ?? headers[':authority'])) {
    return 'it comes from a page of another origin'
  }
  const site = headers['sec-fetch-site']
  const isOpened = headers['sec-fetch-dest'] === 'document'
  if ((site === 'cross-site' || site === 'same-site') && !isOpened) {
    return 'it comes from a page of another site'
  }
  // A proxy on this machine, such as a tunnel, asks for others.
  const clients = [socket.remoteAddress, ...forwardedFor(headers)]
  if (!remote && !clients.every(isLoopback)) {
    return 'it comes from another machine, and the option `page: { remote: true }` is not set'
  }
  return undefined
}

function hostOf(origin: string): string | undefined {
  // `null` is the origin of a sandboxed frame.
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
