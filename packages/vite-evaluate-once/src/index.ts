export { evaluateOnce } from './plugin.ts'
export type { EvaluateOnceApi } from './plugin.ts'
export type { EvaluateOnceOptions } from './options.ts'
export type { Fetched } from './keeper.ts'
