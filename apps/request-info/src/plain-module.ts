import { requestInfo } from '@holdfast/request-info'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** Signs the path of the current request. */
export function plainValue(): string {
  const { pathname } = new URL(requestInfo.request.url)
  const signature = hmac(sha256, utf8ToBytes('a secret'), utf8ToBytes(pathname))
  return `${pathname} signed ${bytesToHex(signature).slice(0, 8)}`
}
