import { storage } from './storage.ts'
import type { RequestInfo, RequestInfoInit } from './types.ts'

/**
 * The request being served.
 *
 * @throws {Error} outside a request: at module level, in a timer that outlives the response, or
 * in code that `runWithRequestInfo` did not start.
 */
export function getRequestInfo(): RequestInfo {
  const info = storage.getStore()
  if (info === undefined) {
    throw new Error(
      '[@holdfast/request-info] There is no current request. `requestInfo` and `getRequestInfo()` ' +
        'may be used in server components, server actions and whatever else runs inside ' +
        '`runWithRequestInfo()`, but not at module level. Move the access into a function that is ' +
        'called while a request is served.',
    )
  }
  return info
}

/**
 * The request being served, as an object whose members are read when they are used, so that it
 * can be imported once and needs no call. Each member throws outside a request, as
 * {@link getRequestInfo} does.
 */
export const requestInfo: RequestInfo = Object.freeze({
  get request() {
    return getRequestInfo().request
  },
  get id() {
    return getRequestInfo().id
  },
  get params() {
    return getRequestInfo().params
  },
  get ctx() {
    return getRequestInfo().ctx
  },
  get response() {
    return getRequestInfo().response
  },
})

/**
 * Runs `callback` as part of a request and returns what it returns.
 *
 * @param init - `{ request }` at least. Defaults: a random `id`, no `params`, an empty `ctx`, a
 * `response` with no status and no headers.
 * @throws {TypeError} if there is no `request`.
 */
export function runWithRequestInfo<T>(init: RequestInfoInit, callback: () => T): T {
  // Without a type checker `runWithRequestInfo(request, …)` is an easy slip.
  if ((init as Partial<RequestInfoInit> | undefined)?.request === undefined) {
    throw new TypeError(
      '[@holdfast/request-info] runWithRequestInfo() got no request. Call it where a request comes ' +
        'in, as runWithRequestInfo({ request }, callback).',
    )
  }
  return storage.run(
    {
      id: crypto.randomUUID(),
      params: {},
      ctx: {},
      response: { status: undefined, headers: new Headers() },
      ...definedOnly(init),
      request: init.request,
    },
    callback,
  )
}

/**
 * Runs `callback` in the current request with some members replaced, and returns what it returns.
 * The other members are the request's own objects, not copies.
 *
 * @throws {Error} outside a request.
 */
export function runWithRequestInfoOverrides<T>(
  overrides: Partial<RequestInfo>,
  callback: () => T,
): T {
  return storage.run({ ...getRequestInfo(), ...definedOnly(overrides) }, callback)
}

/** `{ params: undefined }` means the default, as it does for a parameter. */
function definedOnly(info: Partial<RequestInfo>): Partial<RequestInfo> {
  return Object.fromEntries(Object.entries(info).filter(([, value]) => value !== undefined))
}
