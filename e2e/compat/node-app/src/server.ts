import { addDays } from 'date-fns/addDays'
import { defineRwState } from 'rwsdk/__state'
import { late } from './late.ts'

/** What has been evaluated so far, in Vite's own process: one for each time. */
const { copies } = ((globalThis as any)['node-app'] ??= { copies: new Set() })
copies.add(addDays)

const app = defineRwState('app', () => ({ id: crypto.randomUUID(), requests: 0 }))

export function render(url: string): string {
  app.requests++
  const { id, requests } = app
  const until = addDays(0, 1).getTime()
  return JSON.stringify({ url, id, requests, until, copies: copies.size, late: late(requests) })
}
