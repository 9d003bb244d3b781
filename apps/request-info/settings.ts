/** How the harness runs, from the environment variables that `pnpm dev` honours. */
export const settings: {
  mode: 'on' | 'no-incremental' | 'off'
  topology: 'child' | 'bridge'
  port: number | undefined
} = {
  /**
   * `HOLDFAST=off` is the control: the same app, its state in an ordinary module. With
   * `no-incremental` Vite re-optimizes and reloads, and the state has to outlive that.
   */
  mode: oneOf('HOLDFAST', ['on', 'no-incremental', 'off']),
  /** Whether the ssr environment has a runner in the worker's isolate or is bridged into it. */
  topology: oneOf('TOPOLOGY', ['child', 'bridge']),
  port: portNumber(),
}

function oneOf<const T extends string>(name: string, values: readonly [T, ...T[]]): T {
  const value = process.env[name] || values[0]
  const known = values.find((each) => each === value)
  if (known === undefined) throw new Error(`${name} is "${value}"; it can be ${values.join(', ')}.`)
  return known
}

function portNumber(): number | undefined {
  const value = process.env['PORT']
  if (!value) return undefined
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`PORT is "${value}"; it has to be a number from 1 to 65535.`)
  }
  return port
}
