import type { IncomingMessage } from 'node:http'

/** What a browser asks for on behalf of a page, and so what Vite serves rather than the application. */
const ASSETS =
  /^(?:audio|font|image|manifest|script|serviceworker|sharedworker|style|track|video|worker)$/

/** Prefixes of Vite's own, and the query parameters that its import analysis adds. */
const VITE =
  /\/@(?:vite|id|fs|react-refresh)\b|\/node_modules\/|[?&](?:import|raw|url|worker|sharedworker|inline|t|v)(?:[&=]|$)/

/**
 * Whether a request that is not known to be for the application might be for Vite. Errs for Vite:
 * what Vite leaves to others is seen once more, behind Vite's own middlewares.
 *
 * Browsers send `Sec-Fetch-Dest` only over HTTPS and to localhost.
 */
export function mayBeForVite({ headers, url = '/' }: IncomingMessage): boolean {
  if (headers.accept === 'text/x-vite-ping') return true
  const destination = headers['sec-fetch-dest']
  if (typeof destination === 'string' && ASSETS.test(destination)) return true
  if (VITE.test(url)) return true
  const [pathname = '/'] = url.split('?')
  return destination === undefined && /\.\w+$/.test(pathname) && !pathname.endsWith('.html')
}
