import type { FullReloadPayload } from 'vite'

export interface Interception {
  /** May replace the reload that goes out. */
  sending: (payload: FullReloadPayload) => FullReloadPayload
  /** Runs after the environment's own delivery, also when that failed. */
  sent: (payload: FullReloadPayload) => void
  /** Told of what the other two throw. */
  failed: (error: unknown) => void
}

/**
 * Listens to the full reloads that leave through a hot channel: `hot.on` hears only what comes in.
 * The sender sees the channel's own result and errors and never ours, as Vite's optimizer drops the
 * dependencies it has discovered when `send` throws.
 *
 * @returns a function that ends it.
 */
export function intercept(
  hot: { send: (...args: never[]) => unknown },
  interception: Interception,
): () => void {
  const original = hot.send
  let isActive = true

  const attempt = <T>(action: () => T, otherwise: T): T => {
    try {
      return action()
    } catch (error) {
      interception.failed(error)
      return otherwise
    }
  }

  const send = function (this: unknown, ...args: unknown[]): unknown {
    const [payload, ...rest] = args
    if (!isActive || !isFullReload(payload)) return Reflect.apply(original, this, args)
    const outgoing = attempt(() => interception.sending(payload), payload)
    try {
      return Reflect.apply(original, this, [outgoing, ...rest])
    } finally {
      attempt(() => interception.sent(payload), undefined)
    }
  }

  hot.send = send
  return () => {
    isActive = false
    // Whoever wrapped it after us still calls ours.
    if (hot.send === send) hot.send = original
  }
}

function isFullReload(payload: unknown): payload is FullReloadPayload {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'type' in payload &&
    payload.type === 'full-reload'
  )
}
