'use server'

import { requestInfo } from '@holdfast/request-info'
import * as base64url from 'jose/base64url'
// #region server-action-import
// import isOdd from 'is-odd'
// import { decodeJwt } from 'jose/jwt/decode'
// #endregion

export async function callServerAction(count: number): Promise<string> {
  requestInfo.response.headers.set('x-server-action-success', 'true')
  const token = base64url.encode(JSON.stringify({ count }))
  // #region server-action
  // const { count: decoded } = decodeJwt<{ count: number }>(`e30.${token}.`)
  // return `Call ${decoded} is ${isOdd(decoded) ? 'odd' : 'even'}, in ${requestInfo.id}`
  // #endregion
  return `Call ${count} was ${token}, in ${requestInfo.id}`
}
