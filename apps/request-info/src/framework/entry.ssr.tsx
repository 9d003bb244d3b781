import { createFromReadableStream, getClientEntryUrl } from '@vitejs/plugin-rsc/ssr'
import { use } from 'react'
import { renderToReadableStream } from 'react-dom/server.edge'
import { injectRSCPayload } from 'rsc-html-stream/server'
import type { Payload } from './handle-request.tsx'

/** Renders a component payload to HTML, with the payload itself inlined for hydration. */
export async function renderHtml(stream: ReadableStream<Uint8Array>): Promise<ReadableStream> {
  const [toRender, toInline] = stream.tee()
  let payload: Promise<Payload> | undefined

  function Root() {
    // Inside the render, so that React sees the preloads the payload asks for.
    payload ??= createFromReadableStream<Payload>(toRender)
    return use(payload).root
  }

  const html = await renderToReadableStream(<Root />, {
    bootstrapScriptContent: `import(${JSON.stringify(getClientEntryUrl())})`,
  })
  return html.pipeThrough(injectRSCPayload(toInline))
}
