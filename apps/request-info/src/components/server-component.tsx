import { requestInfo } from '@holdfast/request-info'
import { getAppState } from '../app-state.ts'
// #region server-component
// import { subDays } from 'date-fns/subDays'
// import isEven from 'is-even'
// #endregion

export function ServerComponent() {
  const { requests } = getAppState()
  return (
    <p data-testid="server-component">
      Server component: request {requests} in {requestInfo.id}
      {/* #region server-component */}
      {/* <> is {isEven(requests) ? 'even' : 'odd'}, since {subDays(new Date(), 1).toISOString()}</> */}
      {/* #endregion */}
    </p>
  )
}
