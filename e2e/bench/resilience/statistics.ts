/** `undefined` where there is nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  if (upper === undefined || sorted.length % 2 === 1) return upper
  return (sorted[(sorted.length >> 1) - 1]! + upper) / 2
}

/**
 * Between which two values the median lies of all that might have been measured, in 19 of 20 cases.
 * By rank, and so for whatever distribution.
 */
export function medianInterval(values: readonly number[]): [number, number] | undefined {
  const { length } = values
  if (length === 0) return undefined
  const rank = Math.max(0, Math.floor((length - 1.96 * Math.sqrt(length)) / 2))
  const sorted = values.toSorted((a, b) => a - b)
  return [sorted[rank]!, sorted[length - 1 - rank]!]
}

export function ratio(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || !base ? undefined : value / base
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
