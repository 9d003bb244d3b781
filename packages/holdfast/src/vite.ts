export { holdfast } from './holdfast.ts'
export type { HoldfastOptions } from './options.ts'
