import { render, route } from 'rwsdk/router'
import { defineApp } from 'rwsdk/worker'
import { Document } from './app/document.tsx'
import { getModuleId } from './app/module-id.ts'
import { Page } from './app/page.tsx'
import { getAppState } from './app/state.ts'

declare module 'rwsdk/worker' {
  interface DefaultAppContext {
    requestId: string
  }
}

export default defineApp([
  ({ ctx, response }) => {
    ctx.requestId = crypto.randomUUID()
    const state = getAppState()
    state.requests++
    response.headers.set('x-request-id', ctx.requestId)
    response.headers.set('x-state-id', state.id)
    response.headers.set('x-module-id', getModuleId())
  },
  render(Document, [route('*', Page)]),
])
