const RSC_SUFFIX = '_.rsc'
const ACTION_HEADER = 'x-rsc-action'

interface RenderRequest {
  /** The browser wants the component payload rather than HTML. */
  isRsc: boolean
  /** The server action to run first. */
  actionId: string | undefined
}

/** The browser's request for the payload of the page at `href`, after running `action` if any. */
export function createRscRequest(href: string, action?: { id: string; body: BodyInit }): Request {
  const url = new URL(href)
  url.pathname += RSC_SUFFIX
  return action
    ? new Request(url, {
        method: 'POST',
        headers: { [ACTION_HEADER]: action.id },
        body: action.body,
      })
    : new Request(url)
}

export function parseRenderRequest(request: Request): RenderRequest {
  return {
    isRsc: new URL(request.url).pathname.endsWith(RSC_SUFFIX),
    actionId: (request.method === 'POST' && request.headers.get(ACTION_HEADER)) || undefined,
  }
}

/** The request for the page itself: what the application's code should see as its URL. */
export function toPageRequest(request: Request): Request {
  const url = new URL(request.url)
  if (!url.pathname.endsWith(RSC_SUFFIX)) return request
  url.pathname = url.pathname.slice(0, -RSC_SUFFIX.length)
  return new Request(url, request)
}
