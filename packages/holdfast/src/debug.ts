const NAMESPACE = 'holdfast'

const isOn = (process.env['DEBUG'] ?? '')
  .split(/[\s,]+/)
  .some(
    (name) =>
      name === NAMESPACE || (name.endsWith('*') && `${NAMESPACE}:`.startsWith(name.slice(0, -1))),
  )

/** Writes to stderr when `DEBUG` asks for `holdfast` or `holdfast:*`, as Vite does for its own. */
export function debug(message: string): void {
  if (isOn) process.stderr.write(`${NAMESPACE} ${performance.now().toFixed(0)} ms ${message}\n`)
}
