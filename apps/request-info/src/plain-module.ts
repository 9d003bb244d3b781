import { requestInfo } from '@holdfast/request-info'
// #region plain-module
// import { hmac } from '@noble/hashes/hmac.js'
// import { sha256 } from '@noble/hashes/sha2.js'
// import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
// #endregion

/** The path of the current request, signed. */
export function plainValue(): string {
  const { pathname } = new URL(requestInfo.request.url)
  // #region plain-module
  // const signature = hmac(sha256, utf8ToBytes('a secret'), utf8ToBytes(pathname))
  // return `${pathname} signed ${bytesToHex(signature).slice(0, 8)}`
  // #endregion
  return pathname
}
