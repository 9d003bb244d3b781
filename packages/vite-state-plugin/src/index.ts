export { statePlugin } from './plugin.ts'
export type { StateKey, StateKeysOptions } from './key-inquiry.ts'
export type { StatePluginOptions } from './options.ts'
export type { StatePluginApi } from './plugin.ts'
