import type { Finding } from './session.ts'

/** Sequences that are tried at most: each takes some seconds. */
const MAX_TRIES = 40

interface Found {
  indices: number[]
  finding: Finding
}

/** Leaves out steps, many at first, as long as the same is wrong without them. */
export async function shrink(
  found: Found,
  run: (indices: number[]) => Promise<Finding | undefined>,
): Promise<Found> {
  let { indices, finding } = found
  let tries = 0
  for (let size = Math.ceil(indices.length / 2); size >= 1; size = Math.floor(size / 2)) {
    // From the start: what comes last is what shows it.
    for (let at = 0; at < indices.length && tries < MAX_TRIES;) {
      const rest = indices.toSpliced(at, size)
      tries++
      const again = rest.length < indices.length ? await run(rest) : undefined
      if (!again) at += size
      else {
        indices = rest.filter((index) => index <= again.index)
        finding = again
      }
    }
  }
  return { indices, finding }
}
