import { AsyncLocalStorage } from 'node:async_hooks'
import { defineRwState } from 'rwsdk/__state'
import type { RequestInfo } from './types.ts'

/**
 * The one storage of the isolate. Were it a plain module-level constant, every dev-server reload
 * would make a second one, and code that holds the first would find no request in it.
 */
export const storage: AsyncLocalStorage<RequestInfo> = defineRwState(
  '@holdfast/request-info',
  () => new AsyncLocalStorage<RequestInfo>(),
)
