import { setTimeout } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import {
  getRequestInfo,
  requestInfo,
  runWithRequestInfo,
  runWithRequestInfoOverrides,
} from './index.ts'
import type { RequestInfo } from './index.ts'

const request = new Request('http://localhost/some/path')
const members = ['request', 'id', 'params', 'ctx', 'response'] as const

describe('outside a request', () => {
  const whereToUseIt = /no current request[^]*server actions[^]*not at module level/

  test('getRequestInfo() throws and says where it may be called', () => {
    expect(() => getRequestInfo()).toThrow(whereToUseIt)
  })

  test.for(members)('requestInfo.%s throws the same', (member) => {
    expect(() => requestInfo[member]).toThrow(whereToUseIt)
  })

  test('there is nothing to override', () => {
    expect(() => runWithRequestInfoOverrides({ id: 'a' }, () => {})).toThrow(whereToUseIt)
  })

  test('a request leaves nothing behind', () => {
    runWithRequestInfo({ request }, () => {})
    expect(() => getRequestInfo()).toThrow(whereToUseIt)
  })
})

describe('in a request', () => {
  test('every member has a default but the request', () => {
    const info = runWithRequestInfo({ request }, getRequestInfo)
    expect(info).toEqual({
      request,
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      params: {},
      ctx: {},
      response: { status: undefined, headers: new Headers() },
    })
    expect(Object.keys(requestInfo).toSorted()).toEqual(Object.keys(info).toSorted())
    expect(runWithRequestInfo({ request, id: undefined }, () => requestInfo.id)).not.toBe(info.id)
  })

  test('requestInfo is frozen and has what was given', () => {
    const init: RequestInfo = {
      request,
      id: 'an id',
      params: { slug: 'a' },
      ctx: {},
      response: { status: 404, headers: new Headers() },
    }
    runWithRequestInfo(init, () => {
      for (const member of members) expect(requestInfo[member]).toBe(init[member])
      expect(() => Object.assign(requestInfo, { id: 'another' })).toThrow(TypeError)
    })
  })

  test.for([undefined, {}, request])('runWithRequestInfo(%o) has no request', (init) => {
    expect(() => runWithRequestInfo(init as RequestInfo, () => {})).toThrow(
      /got no request.*runWithRequestInfo\(\{ request \}, callback\)/,
    )
  })

  test('the callback decides the result', async () => {
    expect(runWithRequestInfo({ request }, () => 1)).toBe(1)
    await expect(runWithRequestInfo({ request }, async () => 2)).resolves.toBe(2)
    const thrown = new Error('from the callback')
    const fail = () => {
      throw thrown
    }
    expect(() => runWithRequestInfo({ request }, fail)).toThrow(thrown)
  })

  test('requests served at the same time do not see each other', async () => {
    const ids = ['a', 'b', 'c']
    const served = ids.map((id) =>
      runWithRequestInfo({ request, id }, async () => {
        await setTimeout(1)
        return requestInfo.id
      }),
    )
    await expect(Promise.all(served)).resolves.toEqual(ids)
  })

  test('overrides last as long as their callback and leave the rest as it is', () => {
    runWithRequestInfo({ request, id: 'outer' }, () => {
      const outer = getRequestInfo()
      runWithRequestInfoOverrides({ id: 'inner', params: undefined }, () => {
        expect(getRequestInfo()).toEqual({ ...outer, id: 'inner' })
        expect(requestInfo.response).toBe(outer.response)
      })
      expect(requestInfo.id).toBe('outer')
    })
  })
})

test('a module that is evaluated again knows the request that is being served', async () => {
  vi.resetModules()
  const again = await import('./index.ts')
  expect(again.getRequestInfo).not.toBe(getRequestInfo)
  expect(runWithRequestInfo({ request, id: 'an id' }, () => again.requestInfo.id)).toBe('an id')
})
