/**
 * The fewest values that must move to turn one order into the other: those outside a longest
 * increasing subsequence.
 */
export function moved(wanted: string[], given: string[]): string[] {
  const position = new Map(wanted.map((value, index) => [value, index]))
  const at = given.map((value) => position.get(value)!)
  /** For each length, the index of the smallest end of a subsequence of that length. */
  const ends: number[] = []
  const before: (number | undefined)[] = []
  for (const [index, value] of at.entries()) {
    let low = 0
    for (let high = ends.length; low < high;) {
      const middle = (low + high) >> 1
      if (at[ends[middle]!]! < value) low = middle + 1
      else high = middle
    }
    before[index] = ends[low - 1]
    ends[low] = index
  }
  const kept = new Set<number>()
  for (let index = ends.at(-1); index !== undefined; index = before[index]) kept.add(index)
  return given.filter((_, index) => !kept.has(index))
}
