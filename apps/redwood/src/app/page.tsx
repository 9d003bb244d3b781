import { addDays } from 'date-fns/addDays'
import type { RequestInfo } from 'rwsdk/worker'
import { CallAction } from './components/call-action.tsx'
import { getModuleId } from './module-id.ts'
import { getAppState } from './state.ts'
// #region server-component
// import { ServerComponent } from './components/server-component.tsx'
// #endregion
// #region client-component
// import { ClientComponent } from './components/client-component.tsx'
// #endregion

export function Page({ request, ctx }: RequestInfo) {
  const { pathname } = new URL(request.url)
  const state = getAppState()

  return (
    <main>
      <h1>RedwoodSDK</h1>
      <dl>
        <dt>Path</dt>
        <dd data-testid="path">{pathname}</dd>
        <dt>Request</dt>
        <dd data-testid="request-id">{ctx.requestId}</dd>
        <dt>State</dt>
        <dd data-testid="state-id">{state.id}</dd>
        <dt>Requests this state has seen</dt>
        <dd data-testid="state-requests">{state.requests}</dd>
        <dt>Module</dt>
        <dd data-testid="module-id">{getModuleId()}</dd>
        <dt>Good until</dt>
        <dd>{addDays(new Date(), 1).toISOString().slice(0, 10)}</dd>
      </dl>
      <CallAction />
      {/* #region server-component */}
      {/* <ServerComponent /> */}
      {/* #endregion */}
      {/* #region client-component */}
      {/* <ClientComponent key="client-component" path={pathname} /> */}
      {/* #endregion */}
    </main>
  )
}
