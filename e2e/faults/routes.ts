import { EVENTS_PATH, SOCKET_PATH, UPLOAD_PATH } from './constants.ts'

// Of workerd, whose types are not those of the browser that the tests have.
declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { accept: () => void } }

/** What the worker serves beside the application: requests that take long. */
export function answer(request: Request): Promise<Response> | Response | undefined {
  const { pathname, searchParams } = new URL(request.url)
  const latch = searchParams.get('latch')!
  switch (pathname) {
    case UPLOAD_PATH:
      return digest(request.body!, latch)
    case EVENTS_PATH:
      return events(latch)
    case SOCKET_PATH:
      return echo()
    default:
      return undefined
  }
}

async function digest(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  latch: string,
): Promise<Response> {
  const reader = body.getReader()
  const chunks = [(await reader.read()).value!]
  await fetch(latch)
  for (;;) {
    const { value } = await reader.read()
    if (!value) break
    chunks.push(value)
  }
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(chunks).arrayBuffer())
  return new Response(btoa(String.fromCharCode(...new Uint8Array(hash))))
}

function events(latch: string): Response {
  const { readable, writable } = new TransformStream<string, string>()
  const writer = writable.getWriter()
  const send = async (): Promise<void> => {
    await writer.write('data: first\n\n')
    await fetch(latch)
    await writer.write('data: second\n\n')
    await writer.close()
  }
  void send()
  const headers = { 'content-type': 'text/event-stream' }
  return new Response(readable.pipeThrough(new TextEncoderStream()), { headers })
}

function echo(): Response {
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  server.addEventListener('message', ({ data }) => server.send(`echo of ${data}`))
  const init: ResponseInit & { webSocket: WebSocket } = { status: 101, webSocket: client }
  return new Response(null, init)
}
