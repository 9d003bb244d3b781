export interface Reloads {
  /** Re-optimizations that changed what was served, by environment. */
  optimizer: Record<string, number>
  /** Full reloads that an edit has asked for, by environment. */
  edit: Record<string, number>
}

/** Reads them from what Vite has printed. */
export function readReloads(output: string): Reloads {
  return {
    optimizer: count(output, /\((\w+)\) .*optimized dependencies changed\. reloading/g),
    edit: count(output, /\((\w+)\) page reload /g),
  }
}

function count(output: string, pattern: RegExp): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [, environment] of output.matchAll(pattern)) {
    counts[environment!] = (counts[environment!] ?? 0) + 1
  }
  return counts
}
