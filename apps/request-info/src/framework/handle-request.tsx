import {
  createTemporaryReferenceSet,
  decodeReply,
  loadServerAction,
  renderToReadableStream,
} from '@vitejs/plugin-rsc/rsc'
import type { ReactNode } from 'react'
import { loadSsr } from '#load-ssr'
import { Page } from '../page.tsx'
import { parseRenderRequest } from './render-request.ts'

/** What travels from the server environment to the ssr environment and the browser. */
export interface Payload {
  root: ReactNode
  returnValue?: { ok: true; data: unknown } | { ok: false; data: unknown }
}

export async function handleRequest(request: Request): Promise<Response> {
  const { isRsc, actionId } = parseRenderRequest(request)
  const temporaryReferences = createTemporaryReferenceSet()
  let returnValue: Payload['returnValue']

  if (actionId !== undefined) {
    const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data')
    const body = isForm ? await request.formData() : await request.text()
    const args = await decodeReply(body, { temporaryReferences })
    const action = await loadServerAction(actionId)
    try {
      returnValue = { ok: true, data: await action(...args) }
    } catch (error) {
      returnValue = { ok: false, data: error }
    }
  }

  const payload: Payload = { root: <Page />, ...(returnValue && { returnValue }) }
  const stream = renderToReadableStream<Payload>(payload, { temporaryReferences })
  if (isRsc) {
    return new Response(stream, {
      status: returnValue?.ok === false ? 500 : 200,
      headers: { 'content-type': 'text/x-component;charset=utf-8' },
    })
  }

  const { renderHtml } = await loadSsr()
  return new Response(await renderHtml(stream), { headers: { 'content-type': 'text/html' } })
}
