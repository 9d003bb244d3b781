/** An environment variable that is one of `values`, the first by default. */
export function oneOf<const T extends string>(name: string, values: readonly [T, ...T[]]): T {
  const value = process.env[name] || values[0]
  const known = values.find((each) => each === value)
  if (known === undefined) throw new Error(`${name} is "${value}"; it can be ${values.join(', ')}.`)
  return known
}

/** The port in `PORT`, if it is set. */
export function portNumber(): number | undefined {
  const value = process.env['PORT']
  if (!value) return undefined
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`PORT is "${value}"; it has to be a number from 1 to 65535.`)
  }
  return port
}
