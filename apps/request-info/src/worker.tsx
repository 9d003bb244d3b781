import { getRequestInfo, runWithRequestInfo } from '@holdfast/request-info'
import { getAppState } from './app-state.ts'
import { handleRequest } from './framework/handle-request.tsx'
import { toPageRequest } from './framework/render-request.ts'
// #region plain-module
// import { plainValue } from './plain-module.ts'
// #endregion

declare module '@holdfast/request-info' {
  interface RequestContext {
    plainValue?: string
  }
}

export default {
  fetch(request: Request): Promise<Response> {
    const state = getAppState()
    state.requests++

    return runWithRequestInfo({ request: toPageRequest(request) }, async () => {
      const { id, ctx, response: responseInfo } = getRequestInfo()
      // #region plain-module
      // ctx.plainValue = plainValue()
      // #endregion
      const response = await handleRequest(request)

      response.headers.set('x-state-id', state.id)
      response.headers.set('x-request-id', id)
      for (const [name, value] of responseInfo.headers) response.headers.set(name, value)
      return response
    })
  },
}
