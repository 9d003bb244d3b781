export { statePlugin } from './plugin.ts'
export type { StatePluginOptions } from './options.ts'
