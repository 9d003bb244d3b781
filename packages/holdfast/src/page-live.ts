import type { ViteDevServer, WebSocketClient } from 'vite'
import { CHANGED_EVENT, WATCH_EVENT } from './constants.ts'
import type { Timeline } from './timeline.ts'

/**
 * Runs in a hidden frame of the page, as Vite's client reloads the document that it is in. It is a
 * module of Vite's, so that it finds the WebSocket wherever `base` and `server.hmr` put it.
 */
export const liveCode: string = `
const hot = import.meta.hot
const tell = (message) => parent.postMessage(message, location.origin)
hot?.on(${JSON.stringify(CHANGED_EVENT)}, () => tell('changed'))
hot?.on('vite:ws:disconnect', () => tell('disconnected'))
hot?.on('vite:ws:connect', () => tell('connected'))
hot?.send(${JSON.stringify(WATCH_EVENT)})
`

/**
 * Tells the pages that are open when the timeline changes. Listens to it only while there are any.
 *
 * They are not told what changed: Vite's WebSocket may be open to more than the page is.
 */
export function watchPages({ ws }: ViteDevServer, timeline: Timeline): void {
  const pages = new Set<WebSocketClient>()
  let stop: (() => void) | undefined
  let isTelling = false

  const tell = (): void => {
    isTelling = false
    const { clients } = ws
    for (const page of pages) {
      if (clients.has(page)) page.send(CHANGED_EVENT)
      else pages.delete(page)
    }
    if (pages.size > 0) return
    stop?.()
    stop = undefined
  }

  ws.on(WATCH_EVENT, (_data, page) => {
    pages.add(page)
    stop ??= timeline.subscribe(() => {
      // Several changes in one tick are one.
      if (!isTelling) setImmediate(tell)
      isTelling = true
    })
  })
}
