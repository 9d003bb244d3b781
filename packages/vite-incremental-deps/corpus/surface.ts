/** What `project/describe.js` says of a module. */
export interface Surface {
  names: Record<string, string>
  standard: string
}

/** What `actual` has that differs from what plain Vite gives, in words. */
export function differences(expected: Surface, actual: Surface): string[] {
  const found: string[] = []
  for (const name of new Set([...Object.keys(expected.names), ...Object.keys(actual.names)])) {
    const [wanted, given] = [expected.names[name] ?? 'missing', actual.names[name] ?? 'missing']
    if (wanted !== given) found.push(`${name}: ${given}, not ${wanted}`)
  }
  if (expected.standard !== actual.standard) {
    found.push(`default: ${actual.standard}, not ${expected.standard}`)
  }
  return found
}
