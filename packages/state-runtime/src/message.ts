/** Everything this package reports reads `[package] what happened; what to do`. */
export const message = (text: string): string => `[@holdfast/state-runtime] ${text}`
