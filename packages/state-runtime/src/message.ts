/** Everything this package reports reads `[package] what happened; what to do`. */
export const message = (text: string): string => `[@holdfast/state-runtime] ${text}`

/** `String` throws for some objects, such as those without a prototype. */
export function text(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
