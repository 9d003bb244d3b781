'use server'

import * as base64url from 'jose/base64url'
import { requestInfo } from 'rwsdk/worker'
// #region server-action-import
// import isOdd from 'is-odd'
// import { decodeJwt } from 'jose/jwt/decode'
// #endregion

export async function callServerAction(count: number): Promise<string> {
  const { ctx, response } = requestInfo
  response.headers.set('x-server-action-success', 'true')
  const token = base64url.encode(JSON.stringify({ count }))
  // #region server-action
  // const { count: decoded } = decodeJwt<{ count: number }>(`e30.${token}.`)
  // return `Call ${decoded} is ${isOdd(decoded) ? 'odd' : 'even'}, in ${ctx.requestId}`
  // #endregion
  return `Call ${count} was ${token}, in ${ctx.requestId}`
}
