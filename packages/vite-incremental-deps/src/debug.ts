const NAMESPACE = 'holdfast:deps'

const isOn = (process.env['DEBUG'] ?? '')
  .split(/[\s,]+/)
  .some(
    (name) => name === NAMESPACE || (name.endsWith('*') && NAMESPACE.startsWith(name.slice(0, -1))),
  )

/** Writes to stderr when `DEBUG` asks for `holdfast:deps`, as Vite does for its own `vite:deps`. */
export function debug(message: string): void {
  if (isOn) process.stderr.write(`${NAMESPACE} ${message}\n`)
}
