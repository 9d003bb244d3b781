import type { ViteDevServer } from 'vite'
import { PAGE_PATH } from './constants.ts'

/** The hosts that stand for every address of the machine. */
const WILDCARDS = new Set(['0.0.0.0', '::', '0000:0000:0000:0000:0000:0000:0000:0000'])

/**
 * Where the page is: its URL on this machine, or the path alone for a server that listens to no port
 * itself. `server.resolvedUrls` is not there yet when it begins to listen.
 */
export function pageAddress({ config, httpServer }: ViteDevServer): string {
  const path = config.base + PAGE_PATH + '/'
  const address = httpServer?.address()
  if (!address || typeof address === 'string') return path
  const { host, https } = config.server
  const name = typeof host === 'string' && !WILDCARDS.has(host) ? host : 'localhost'
  const hostname = name.includes(':') ? `[${name}]` : name
  return `${https ? 'https' : 'http'}://${hostname}:${address.port}${path}`
}
