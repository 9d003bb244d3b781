export { hmrBridge } from './plugin.ts'
export { resolveFresh } from './resolve-fresh.ts'
export type { AppliedOptions, HmrBridgeApi, HmrBridgeOptions } from './options.ts'
