import { addDays } from 'date-fns/addDays'
import { defineRwState } from 'rwsdk/__state'
import { late } from './late.ts'

const app = defineRwState('app', () => ({ id: crypto.randomUUID(), requests: 0 }))

export function render(url: string): string {
  app.requests++
  const { id, requests } = app
  return JSON.stringify({ url, id, requests, until: addDays(0, 1).getTime(), late: late(requests) })
}
