export { requestGate } from './plugin.ts'
export type { ReplayableRequest, RequestGateOptions } from './options.ts'
export type { Report, RequestGateApi, Stats } from './report.ts'
