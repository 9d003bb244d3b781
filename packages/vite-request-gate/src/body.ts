import { IncomingMessage } from 'node:http'
import type { Connect } from 'vite'

/**
 * Looks at a whole body ahead of whoever will read it. The request still has it afterwards.
 *
 * @returns `undefined` if it is larger than `limit`, or if the client went away.
 */
export function peekBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length']) > limit) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const onReadable = (): void => {
      for (let chunk = read(); chunk; chunk = read()) {
        chunks.push(chunk)
        size += chunk.length
      }
      if (request.complete || size > limit) finish(size <= limit)
    }
    const onClose = (): void => finish(false)
    const read = (): Buffer | null => request.read() as Buffer | null
    const finish = (isWhole: boolean): void => {
      request.off('readable', onReadable).off('close', onClose)
      const body = Buffer.concat(chunks)
      // In the same tick as the last `read()`, after which the stream would end.
      if (size > 0 && !request.destroyed) request.unshift(body)
      resolve(isWhole ? body : undefined)
    }
    request.on('readable', onReadable).on('close', onClose)
  })
}

/** The same request once more, as it came in. */
export function copyRequest(
  original: Connect.IncomingMessage,
  url: string,
  body: Buffer | undefined,
): Connect.IncomingMessage {
  const copy: Connect.IncomingMessage = new IncomingMessage(original.socket)
  const { method, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = original
  Object.assign(copy, { method, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders })
  copy.headers = headers
  copy.url = url
  // Where an outer server has removed a prefix.
  if (original.originalUrl !== undefined) copy.originalUrl = original.originalUrl
  copy.complete = true
  if (body) copy.push(body)
  copy.push(null)
  return copy
}
