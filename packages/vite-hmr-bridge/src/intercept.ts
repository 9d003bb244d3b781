import type { FullReloadPayload, UpdatePayload } from 'vite'

type HmrPayload = FullReloadPayload | UpdatePayload

/**
 * Listens to the reloads and updates that leave through a hot channel: `hot.on` hears only what
 * comes in. The sender sees the channel's own result and errors, as ever.
 *
 * @param onSend must not throw: Vite's optimizer drops the dependencies it has discovered when
 * `send` does.
 * @returns a function that ends it.
 */
export function intercept(
  hot: { send: (...args: never[]) => unknown },
  onSend: (payload: HmrPayload) => void,
): () => void {
  const original = hot.send
  let isActive = true

  const send = function (this: unknown, ...args: unknown[]): unknown {
    if (isActive && isHmrPayload(args[0])) onSend(args[0])
    return Reflect.apply(original, this, args)
  }

  hot.send = send
  return () => {
    isActive = false
    // Whoever wrapped it after us still calls ours.
    if (hot.send === send) hot.send = original
  }
}

function isHmrPayload(payload: unknown): payload is HmrPayload {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'type' in payload &&
    (payload.type === 'full-reload' || payload.type === 'update')
  )
}
