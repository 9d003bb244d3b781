/** Mulberry32: small, and the same everywhere for one seed. */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const result = [...values]
  for (let end = result.length - 1; end > 0; end--) {
    const at = Math.floor(next() * (end + 1))
    const value = result[end]!
    result[end] = result[at]!
    result[at] = value
  }
  return result
}
