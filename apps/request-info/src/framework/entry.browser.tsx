import {
  createFromFetch,
  createFromReadableStream,
  createTemporaryReferenceSet,
  encodeReply,
  setServerCallback,
} from '@vitejs/plugin-rsc/browser'
import { startTransition, useEffect, useState } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { rscStream } from 'rsc-html-stream/client'
import type { Payload } from './handle-request.tsx'
import { createRscRequest } from './render-request.ts'

const initialPayload = await createFromReadableStream<Payload>(rscStream)
let show: (payload: Payload) => void

function Root() {
  const [payload, setPayload] = useState(initialPayload)
  show = (next) => startTransition(() => setPayload(next))
  // Tells tests that buttons work from here on.
  useEffect(() => {
    document.documentElement.dataset['hydrated'] = ''
  }, [])
  return payload.root
}

setServerCallback(async (id, args) => {
  const temporaryReferences = createTemporaryReferenceSet()
  const body = await encodeReply(args, { temporaryReferences })
  const response = fetch(createRscRequest(location.href, { id, body }))
  const payload = await createFromFetch<Payload>(response, { temporaryReferences })
  show(payload)
  if (!payload.returnValue?.ok) throw payload.returnValue?.data
  return payload.returnValue.data
})

hydrateRoot(document, <Root />)

// A server component was edited.
import.meta.hot?.on('rsc:update', async () => {
  show(await createFromFetch<Payload>(fetch(createRscRequest(location.href))))
})
