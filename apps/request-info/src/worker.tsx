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
      const info = getRequestInfo()
      // #region plain-module
      // info.ctx.plainValue = plainValue()
      // #endregion
      const response = await handleRequest(request)
      const headers = new Headers(response.headers)
      headers.set('x-state-id', state.id)
      headers.set('x-request-id', info.id)
      for (const [name, value] of info.response.headers) headers.append(name, value)
      return new Response(response.body, {
        status: info.response.status ?? response.status,
        headers,
      })
    })
  },
}
