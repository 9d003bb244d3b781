import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sources } from '@holdfast/app-request-info/sources'
import { addBrokenPackage } from './faults/broken-package.ts'
import { EVENTS_PATH, SOCKET_PATH, UPLOAD_PATH } from './faults/constants.ts'
import { Latch } from './faults/latch.ts'
import { expectWaiting, saveSlowly } from './faults/steps.ts'
import { expect, test } from './fixture.ts'
import type { Harness } from './fixture.ts'
import { Load } from './load.ts'
import { appRoot } from './server.ts'
import { ask, expectReload, expectReoptimization, expectServed } from './steps.ts'

test.use({
  // Where the gate does the work: a dependency that is added reloads nothing.
  holdfast: 'no-incremental',
  config: path.join(import.meta.dirname, 'faults/vite.config.ts'),
})

/** What the gate says of that which it waited for in vain. */
const givenUp = /was held for|looked through within|did not say within/

/** Has Vite re-optimize and the runner do what that asks of it. */
async function reload(harness: Harness): Promise<void> {
  const printed = harness.output.length
  harness.toggle('server-component', true)
  await expectReoptimization(harness, 'server-component', printed)
  await expectReload(harness, printed)
}

/** @returns a function that waits for the answer and checks that nothing was lost. */
function upload({ url }: Harness, latch: Latch): () => Promise<void> {
  const body = randomBytes(20 * 2 ** 20)
  const answer = fetch(`${url}${UPLOAD_PATH}?latch=${latch.url}`, { method: 'POST', body })
  return async () => {
    const response = await answer
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(createHash('sha256').update(body).digest('base64'))
  }
}

// A reload by itself ends nothing that a worker is serving (tried with `holdfast: 'off'`).
test('an upload goes on through a reload', async ({ harness }) => {
  await using latch = await Latch.create()
  await ask(harness.url)
  const expectArrived = upload(harness, latch)
  await latch.reached
  await reload(harness)
  latch.open()
  await expectArrived()
})

test('a stream of events goes on through a reload', async ({ harness }) => {
  await using latch = await Latch.create()
  await ask(harness.url)
  const { body } = await fetch(`${harness.url}${EVENTS_PATH}?latch=${latch.url}`, {
    headers: { accept: 'text/event-stream' },
  })
  const events = body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await events.read()).value).toBe('data: first\n\n')
  await latch.reached
  await reload(harness)
  latch.open()
  expect((await events.read()).value).toBe('data: second\n\n')
  expect((await events.read()).done).toBe(true)
})

test('a WebSocket goes on through a reload', async ({ harness }) => {
  await ask(harness.url)
  const socket = new WebSocket(harness.url.replace('http', 'ws') + SOCKET_PATH)
  await once(socket, 'open')
  const expectEcho = async (text: string): Promise<void> => {
    const answer = once(socket, 'message') as Promise<MessageEvent[]>
    socket.send(text)
    expect((await answer)[0]!.data).toBe(`echo of ${text}`)
  }
  await expectEcho('what is sent before')
  await reload(harness)
  await expectEcho('what is sent after')
  socket.close()
})

test('an upload that is held arrives whole', async ({ harness }) => {
  await using latch = await Latch.create()
  await ask(harness.url)
  const printed = harness.output.length
  saveSlowly('src/page.tsx', latch)
  harness.toggle('server-component', true)
  await latch.reached
  const expectArrived = upload(harness, latch)
  await expectWaiting(harness, 1)
  latch.open()
  await expectArrived()
  await expectReoptimization(harness, 'server-component', printed)
})

test('a client that gives up while it is held is not served', async ({ harness }) => {
  await using latch = await Latch.create()
  /** With this one. */
  const countServed = async (): Promise<number> => {
    const { text } = await ask(harness.url)
    return Number(/data-testid="state-requests">(\d+)</.exec(text)![1])
  }
  const served = await countServed()
  const printed = harness.output.length
  saveSlowly('src/page.tsx', latch)
  harness.toggle('server-component', true)
  await latch.reached
  const client = new AbortController()
  const answer = fetch(harness.url, { signal: client.signal })
  await expectWaiting(harness, 1)
  client.abort()
  await expect(answer).rejects.toThrow('aborted')
  await expectWaiting(harness, 0)
  latch.open()
  expect(await countServed()).toBe(served + 1)
  await expectReoptimization(harness, 'server-component', printed)
})

test('a restart answers the 50 that are held', async ({ harness }) => {
  await using latch = await Latch.create()
  await ask(harness.url)
  saveSlowly('src/actions.ts', latch)
  await latch.reached
  const printed = harness.output.length
  harness.toggle('server-component', true)
  await expectReload(harness, printed)

  const answers = Array.from({ length: 50 }, (_, index) => fetch(`${harness.url}/${index}`))
  await expectWaiting(harness, 50)
  sources.edit('vite.config.ts', 'clearScreen: false', 'clearScreen: Boolean(0)')
  for (const { status, headers } of await Promise.all(answers)) {
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('1')
    expect(headers.get('x-holdfast-reason')).toBe('the server was restarted')
  }
  latch.open()
  await expect.poll(() => harness.output.slice(printed)).toContain('server restarted.')

  await using _ = new Load(harness.url)
  await expectServed(harness, 'server-component', true)
  harness.toggle('client-component', true)
  await expectReoptimization(harness, 'client-component', printed)
  await expectServed(harness, 'client-component', true)
})

test('a dependency that fails to bundle can be taken out', async ({ harness }) => {
  using broken = addBrokenPackage()
  await ask(harness.url)
  const statement = `import '${broken.id}'\n`
  sources.edit('src/page.tsx', 'export function Page', `${statement}export function Page`)
  await expect.poll(async () => (await fetch(harness.url)).status).toBe(500)
  expect(harness.output).toContain('error while updating dependencies')
  sources.edit('src/page.tsx', statement, '')
  await expect.poll(async () => (await fetch(harness.url)).status).toBe(200)
  {
    await using _ = new Load(harness.url)
    await reload(harness)
    await expectServed(harness, 'server-component', true)
  }
  expect(harness.output).not.toMatch(givenUp)
})

test('a file may be deleted while it is looked through', async ({ harness }) => {
  await using latch = await Latch.create()
  await ask(harness.url)
  saveSlowly('src/page.tsx', latch)
  await latch.reached
  rmSync(path.join(appRoot, 'src/page.tsx'))
  const answer = fetch(harness.url)
  await expectWaiting(harness, 1)
  latch.open()
  expect((await answer).status).toBe(500)
  sources.undoEdits()
  await expect.poll(async () => (await fetch(harness.url)).status).toBe(200)
  {
    await using _ = new Load(harness.url)
    await reload(harness)
    await expectServed(harness, 'server-component', true)
  }
  expect(harness.output).not.toMatch(givenUp)
})

test('20 saves in two seconds fail nothing', async ({ harness }) => {
  await ask(harness.url)
  const printed = harness.output.length
  {
    await using _ = new Load(harness.url)
    for (let save = 1; save <= 20; save++) {
      if (save === 7) harness.toggle('server-component', true)
      else if (save === 14) harness.toggle('client-component', true)
      else sources.edit('src/page.tsx', '<h1>', `<h1>${save} `)
      await sleep(100)
    }
    await expect.poll(async () => (await ask(harness.url)).text).toContain('<h1>20 19 18 17')
  }
  for (const name of ['server-component', 'client-component'] as const) {
    await expectReoptimization(harness, name, printed)
  }
  expect(harness.output).not.toMatch(givenUp)
})
