export { incrementalDeps } from './plugin.ts'
export type { IncrementalDepsApi, Report } from './report.ts'
