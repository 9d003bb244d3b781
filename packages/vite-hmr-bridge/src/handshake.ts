import type { DevEnvironment } from 'vite'
import { PING_EVENT, PONG_EVENT } from './constants.ts'

/** Node takes what is longer for 1 ms. */
const MAX_TIMEOUT = 2 ** 31 - 1

export interface Handshake {
  /** Whether the runner has ever answered, or has said on its own that it can. */
  readonly isAnswered: boolean
  /** Whether the runner answered in time. Never rejects. */
  ping: (timeout: number) => Promise<boolean>
  /** Answers what is pending with `false`, and stops listening. */
  close: () => void
}

/**
 * Asks the environment's runner for a sign that it has applied what was sent before. Only a runner
 * that has evaluated `virtual:vite-hmr-bridge/client` answers.
 */
export function createHandshake({ hot }: DevEnvironment): Handshake {
  // Several may be in flight, and one that has timed out may still be answered.
  const pending = new Map<number, (answered: boolean) => void>()
  let lastId = 0

  let isAnswered = false

  const onPong = (data?: { id?: number }): void => {
    isAnswered = true
    pending.get(data?.id ?? 0)?.(true)
  }
  hot.on(PONG_EVENT, onPong)

  return {
    get isAnswered() {
      return isAnswered
    },
    ping(timeout) {
      const id = ++lastId
      return new Promise((resolve) => {
        const settle = (answered: boolean): void => {
          clearTimeout(timer)
          pending.delete(id)
          resolve(answered)
        }
        const timer = setTimeout(settle, Math.min(timeout, MAX_TIMEOUT), false).unref()
        pending.set(id, settle)
        try {
          hot.send(PING_EVENT, { id })
        } catch {
          // Before 1.29 the Cloudflare plugin's channel asserts that the runner is connected.
          settle(false)
        }
      })
    },
    close() {
      hot.off(PONG_EVENT, onPong)
      for (const settle of pending.values()) settle(false)
    },
  }
}
