import { useCallback, useEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'
import type { KeptData, StateData, TimelineData } from '../../src/page-server.ts'

type Connection = 'connecting' | 'connected' | 'disconnected'

export interface Server {
  timeline: TimelineData | undefined
  state: StateData | undefined
  kept: KeptData | undefined
  connection: Connection
  /** Why the last try to get something failed. */
  error: string | undefined
  refresh: () => void
}

/** What the server says, brought up to date whenever the frame hears that it changed. */
export function useServer(frame: RefObject<HTMLIFrameElement | null>): Server {
  const [timeline, setTimeline] = useState<TimelineData>()
  const [state, setState] = useState<StateData>()
  const [kept, setKept] = useState<KeptData>()
  const [connection, setConnection] = useState<Connection>('connecting')
  const [error, setError] = useState<string>()

  const load = useCallback(async () => {
    try {
      // One after the other: runners may take their time.
      setTimeline(await getJson<TimelineData>('timeline.json'))
      setKept(await getJson<KeptData>('kept.json'))
      setState(await getJson<StateData>('state.json'))
      setError(undefined)
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason))
    }
  }, [])
  const refresh = useSingle(load)

  useEffect(() => {
    const onMessage = ({ data, origin, source }: MessageEvent<unknown>): void => {
      if (origin !== location.origin || source !== frame.current?.contentWindow) return
      if (data === 'connected' || data === 'disconnected') setConnection(data)
      if (data === 'connected' || data === 'changed') refresh()
    }
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') refresh()
    }
    addEventListener('message', onMessage)
    document.addEventListener('visibilitychange', onVisible)
    refresh()
    return () => {
      removeEventListener('message', onMessage)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [frame, refresh])

  return { timeline, state, kept, connection, error, refresh }
}

/** Runs the action, and once more after it if it was called for meanwhile. */
function useSingle(action: () => Promise<void>): () => void {
  const running = useRef(false)
  const again = useRef(false)
  return useCallback(() => {
    again.current = true
    if (running.current) return
    running.current = true
    void (async () => {
      while (again.current) {
        again.current = false
        await action()
      }
      running.current = false
    })()
  }, [action])
}

async function getJson<T>(name: string): Promise<T> {
  const response = await fetch(name)
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}
