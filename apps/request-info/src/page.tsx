import { requestInfo } from '@holdfast/request-info'
import { sha256 } from '@noble/hashes/sha2.js'
import { addDays } from 'date-fns/addDays'
import { getAppState } from './app-state.ts'
import { CallAction } from './components/call-action.tsx'
import styles from './page.css?inline'
// #region server-component
// import { ServerComponent } from './components/server-component.tsx'
// #endregion
// #region client-component
// import { ClientComponent } from './components/client-component.tsx'
// #endregion

export function Page() {
  const { pathname } = new URL(requestInfo.request.url)
  const state = getAppState()

  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Request info</title>
        <link rel="icon" href="data:," />
        <style>{styles}</style>
      </head>
      <body>
        <h1>Request info</h1>
        <dl>
          <dt>Path</dt>
          <dd data-testid="path">{pathname}</dd>
          <dt>Request</dt>
          <dd data-testid="request-id">{requestInfo.id}</dd>
          <dt>State</dt>
          <dd data-testid="state-id">{state.id}</dd>
          <dt>Requests this state has seen</dt>
          <dd data-testid="state-requests">{state.requests}</dd>
          <dt>Path digest</dt>
          <dd>{digest(pathname)}</dd>
          <dt>Good until</dt>
          <dd>{addDays(new Date(), 1).toISOString().slice(0, 10)}</dd>
        </dl>
        <CallAction />
        {requestInfo.ctx.plainValue && (
          <p data-testid="plain-module">Plain module: {requestInfo.ctx.plainValue}</p>
        )}
        {/* #region server-component */}
        {/* <ServerComponent /> */}
        {/* #endregion */}
        {/* #region client-component */}
        {/* <ClientComponent key="client-component" path={pathname} /> */}
        {/* #endregion */}
      </body>
    </html>
  )
}

function digest(text: string): string {
  return Buffer.from(sha256(new TextEncoder().encode(text)))
    .toString('hex')
    .slice(0, 8)
}
