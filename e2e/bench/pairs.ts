/**
 * How many pairs to measure: the first argument.
 *
 * @throws {Error} that says what the argument can be.
 */
export function readPairs(otherwise: number): number {
  const argument = process.argv[2]
  const pairs = argument === undefined ? otherwise : Number(argument)
  if (Number.isInteger(pairs) && pairs >= 1) return pairs
  throw new Error(`"${argument}" is not a number of pairs: a whole number from 1.`)
}
