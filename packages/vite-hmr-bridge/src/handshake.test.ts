import { EventEmitter, once } from 'node:events'
import * as vite from 'vite'
import type { Plugin } from 'vite'
import { describe, expect, test, vi } from 'vitest'
import { CLIENT_ID, CLOUDFLARE_ENTRY_ID, PING_EVENT, PONG_EVENT } from './constants.ts'
import { handshakeClient, hmrBridge } from './index.ts'
import { createProject, majors } from './project.ts'

const files = {
  'src/entry.js': `
    import '${CLIENT_ID}'
    await globalThis.bridgeTest?.reached()
    export const entry = {}`,
}

const bridge = (): Plugin => hmrBridge({ from: 'ssr', to: 'worker' })

describe.each(majors)('Vite %s', (_name, major) => {
  test('a reload is applied when the entries are imported again, and not before', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve({ plugins: [bridge()] })
    await server.runner.import('/src/entry.js')
    expect(await server.api.applied('worker', { timeout: Infinity })).toBe(true)

    const gate = new EventEmitter()
    const entered = once(gate, 'enter')
    const reached = (): Promise<unknown> => {
      gate.emit('enter')
      return once(gate, 'open')
    }
    Object.assign(globalThis, { bridgeTest: { reached } })
    server.ssr.hot.send({ type: 'full-reload', path: '*' })
    const applied = server.api.applied('worker', { timeout: Infinity })
    let isApplied = false
    void applied.then(() => (isApplied = true))
    await entered
    expect(await server.api.applied('worker', { timeout: 50 })).toBe(false)
    expect(isApplied).toBe(false)
    gate.emit('open')
    Object.assign(globalThis, { bridgeTest: undefined })
    expect(await applied).toBe(true)
    expect(await server.api.applied('worker')).toBe(true)
  })

  test('the client is quiet when the connection is gone', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve({ plugins: [bridge()] })
    await server.runner.import('/src/entry.js')
    await server.runner.close()
    expect(await server.api.applied('worker', { timeout: 50 })).toBe(false)
    expect(server.log.lines.filter((line) => !/connected/.test(line))).toEqual([])
  })

  test("the Cloudflare plugin's worker entry has the client, once", async () => {
    await using project = await createProject(major)
    const cloudflare: Plugin = {
      name: 'cloudflare-entry',
      resolveId: (id) => (`\0${id}` === CLOUDFLARE_ENTRY_ID ? CLOUDFLARE_ENTRY_ID : null),
      load: (id) => (id === CLOUDFLARE_ENTRY_ID ? '\nexport default {}' : null),
    }
    const server = await project.serve({ plugins: [cloudflare, bridge(), handshakeClient()] })
    const fetchModule = vi.spyOn(server.worker, 'fetchModule')
    await server.runner.import(CLOUDFLARE_ENTRY_ID.slice(1))
    expect(fetchModule).toHaveBeenCalledTimes(2)
    expect(await server.api.applied('worker')).toBe(true)
  })
})

test('nobody answers where the client was not evaluated', async () => {
  await using project = await createProject(vite, { 'src/entry.js': '' })
  const server = await project.serve({ plugins: [bridge()] })
  await server.runner.import('/src/entry.js')
  expect(await server.api.applied('worker', { timeout: 50 })).toBe(false)
})

test('an answer counts for the ping it answers', async () => {
  await using project = await createProject(vite)
  const server = await project.serve({ plugins: [bridge()] })
  const { innerEmitter, outsideEmitter } = server.worker.hot.api
  const ids: number[] = []
  const both = new Promise<void>((resolve) => {
    outsideEmitter.on('send', (payload: { event: string; data: { id: number } }) => {
      expect(payload.event).toBe(PING_EVENT)
      if (ids.push(payload.data.id) === 2) resolve()
    })
  })
  const [first, second] = [50, 5000].map((timeout) => server.api.applied('worker', { timeout }))
  await both
  innerEmitter.emit(PONG_EVENT, undefined, {})
  innerEmitter.emit(PONG_EVENT, { id: ids[1] }, {})
  expect(await second).toBe(true)
  expect(await first).toBe(false)
  innerEmitter.emit(PONG_EVENT, { id: ids[0] }, {})
})

test('an unknown environment is an error', async () => {
  await using project = await createProject(vite)
  const server = await project.serve({ plugins: [bridge()] })
  await expect(server.api.applied('wroker')).rejects.toThrow(/"wroker"; this server has "client",/)
})
