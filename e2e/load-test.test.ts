import { spawnSync } from 'node:child_process'
import { Application } from './bench/resilience/application.ts'
import { findActionFault, findPageFault } from './bench/resilience/checks.ts'
import type { Answer } from './bench/resilience/checks.ts'
import { Counter } from './bench/resilience/counter.ts'
import { DevServer } from './bench/resilience/dev-server.ts'
import { Ledger } from './bench/resilience/ledger.ts'
import { onHarness } from './bench/resilience/on-harness.ts'
import { readReloads } from './bench/resilience/reloads.ts'
import { expect, test } from './fixture.ts'

for (const [args, message] of [
  [['--rate', '25,fast'], '--rate is "fast"; it has to be a whole number from 1 to 1000.'],
  [['--rounds', '0'], '--rounds is "0"; it has to be a whole number from 1 to 100.'],
  [['--topology', 'star'], '--topology is "star"; it has to be one or more of child, bridge.'],
  [['--holdfast', 'on,'], '--holdfast is ""; it has to be one or more of off, no-incremental, on.'],
  [['--judge', 'everything'], '--judge is "everything"'],
  [['--fast'], "Unknown option '--fast'"],
  [['fast'], "Unexpected argument 'fast'"],
] as const) {
  test(`refuses: bench:resilience ${args.join(' ')}`, () => {
    const { status, stderr, stdout } = bench(...args)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: pnpm bench:resilience [options]')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })
}

test('says how it is used', () => {
  expect(bench('--help')).toMatchObject({ status: 0, stderr: '' })
})

test('tells answers that are right from those that are not', () =>
  onHarness(async () => {
    await using counter = await Counter.start()
    await using server = await DevServer.start({ topology: 'child', holdfast: 'on' })
    const application = new Application(server.url, counter.url)
    const { fault: ofPage } = await application.getPage()
    const { fault: ofAction, key } = await application.callAction()
    expect([ofPage, ofAction, counter.runs(key)]).toEqual([undefined, undefined, 1])

    const path = '/a/path'
    const page = await answerTo(server.url + path)
    const id = page.headers.get('x-request-id')!
    const faultOf = (changes: Partial<Answer>) => findPageFault({ ...page, ...changes }, path)
    const faultWith = (from: string, to: string) => {
      expect(page.body).toContain(from)
      return faultOf({ body: page.body.replace(from, to) })
    }
    expect(faultOf({})).toBeUndefined()
    expect(faultOf({ status: 500 })).toBe('status 500')
    expect(faultOf({ body: '' })).toBe('empty body')
    expect(faultOf({ body: page.body.slice(0, -1) })).toBe('page incomplete')
    expect(faultOf({ headers: new Headers() })).toBe('context missing: worker')
    expect(findPageFault(page, '/another')).toBe('client component missing')
    expect(faultWith(`"server-part">${id}`, '"server-part">')).toContain('context missing: server')
    expect(faultWith(`"request-id">${id}`, '"request-id">1')).toBe('answer to another request')
    expect(faultWith('<h1>', '<h1>Invalid hook call')).toContain('error text')
    expect(faultWith('.push("', '.push("0:E{}\\n')).toBe('error in payload')
    expect(faultWith('<script>(self.__FLIGHT', '<script>(self.__')).toBe('payload incomplete')

    const called = await answerTo(`${server.url}${path}_.rsc`, {
      method: 'POST',
      headers: { 'x-rsc-action': '/src/load-test/actions.ts#runCounted' },
      body: JSON.stringify(['a key', counter.url]),
    })
    expect(findActionFault(called, path, 'a key')).toBeUndefined()
    expect(findActionFault(called, path, 'another')).toBe('answer to another call')
    const cut = { ...called, body: called.body.slice(0, -1) }
    expect(findActionFault(cut, path, 'a key')).toBe('payload incomplete')
    const failed = { ...called, body: called.body.replace('"ok":true', '"ok":false') }
    expect(findActionFault(failed, path, 'a key')).toBe('action failed')
  }))

test('counts what actions did, whatever they answered', async () => {
  await using counter = await Counter.start()
  const run = (key: string) => fetch(counter.url, { method: 'POST', body: key })
  for (const key of ['once', 'twice', 'twice', 'failed']) await run(key)

  const ledger = new Ledger()
  const answered = { fault: undefined, body: '', stateId: 'a state' }
  for (const key of ['once', 'twice', 'lost']) ledger.add({ ...answered, key }, 'plain')
  for (const key of ['failed', 'never ran']) {
    ledger.add({ key, fault: 'timeout', body: '' }, 'dependency')
  }
  ledger.add({ ...answered, body: 'rsc app=2,ssr react=1' }, 'steady')
  ledger.add({ fault: undefined, body: 'rsc app=4,ssr react=1', stateId: 'another' }, 'dependency')
  expect(ledger.tally(counter)).toMatchObject({
    requests: 7,
    failures: { timeout: 2 },
    failedIn: { steady: 0, dependency: 2, plain: 0 },
    evaluatedAgain: { 'rsc app': { dependency: 2 }, 'ssr react': { dependency: 0 } },
    stateResets: 1,
    actions: { calls: 5, ranTwice: 1, lost: 1, unacknowledged: 1 },
  })
})

test('reads reloads from what Vite prints', () => {
  const output = `
    8:00:00 PM [vite] (rsc) ✨ dependency optimized: date-fns/addMonths
    8:00:00 PM [vite] (rsc) ✨ optimized dependencies changed. reloading
    8:00:01 PM [vite] (ssr) page reload src/load-test/client-part.tsx
    8:00:02 PM [vite] (ssr) page reload src/load-test/actions.ts`
  expect(readReloads(output)).toEqual({ optimizer: { rsc: 1 }, edit: { ssr: 2 } })
})

function bench(...args: string[]) {
  return spawnSync(process.execPath, ['bench/resilience/run.ts', ...args], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    // Whatever is not refused runs for an hour.
    timeout: 30_000,
  })
}

async function answerTo(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, body: await response.text() }
}
