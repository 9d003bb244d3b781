import { requestInfo } from '@holdfast/request-info'
import { subDays } from 'date-fns/subDays'
import isEven from 'is-even'
import { getAppState } from '../app-state.ts'

export function ServerComponent() {
  const { requests } = getAppState()
  const yesterday = subDays(new Date(), 1).toISOString().slice(0, 10)
  return (
    <p data-testid="server-component">
      Server component: request {requests} in {requestInfo.id} is{' '}
      {isEven(requests) ? 'even' : 'odd'}, since {yesterday}
    </p>
  )
}
