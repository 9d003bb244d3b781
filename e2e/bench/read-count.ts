/**
 * How often to measure: the first argument.
 *
 * @throws {Error} that says what the argument can be.
 */
export function readCount(otherwise: number): number {
  const argument = process.argv[2]
  const count = argument === undefined ? otherwise : Number(argument)
  if (Number.isInteger(count) && count >= 1) return count
  throw new Error(`"${argument}" does not tell how often: a whole number from 1.`)
}
