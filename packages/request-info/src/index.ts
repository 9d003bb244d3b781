export {
  getRequestInfo,
  requestInfo,
  runWithRequestInfo,
  runWithRequestInfoOverrides,
} from './request-info.ts'
export type { RequestContext, RequestInfo, RequestInfoInit, ResponseInfo } from './types.ts'
