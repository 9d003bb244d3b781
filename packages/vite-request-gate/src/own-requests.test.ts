import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { OwnRequests } from './own-requests.ts'

/** Whether a request is told to be the application's own, and the headers that it has. */
async function send(hostname: string): Promise<{ isOwn: boolean; headers: string[] }> {
  const server = createServer((_request, response) => response.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const requests = new OwnRequests(server)
  const { port } = server.address() as AddressInfo
  const arrived = once(server, 'request') as Promise<[IncomingMessage]>
  requests.serve(() => {
    // Whatever its name is, it leads here.
    get({
      hostname,
      port,
      agent: false,
      lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
    })
  })
  const [request] = await arrived
  const isOwn = requests.has(request)
  requests.close()
  server.close()
  return { isOwn, headers: Object.keys(request.headers) }
}

test('what the application sends to itself is marked', async () => {
  const { isOwn, headers } = await send('localhost')
  expect(isOwn).toBe(true)
  expect(headers).toContain('x-holdfast-own')
})

test('what it sends to another host, on the same port, is not', async () => {
  const { isOwn, headers } = await send('elsewhere.example')
  expect(isOwn).toBe(false)
  expect(headers).not.toContain('x-holdfast-own')
})
