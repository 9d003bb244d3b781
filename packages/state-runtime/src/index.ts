export { createStateContainer } from './container.ts'
export {
  defineRwState,
  deleteRwState,
  getRwState,
  hasRwState,
  type RwState,
  rwStateKeys,
  setRwState,
} from './rw.ts'
export type { DefineOptions, StateContainer } from './types.ts'
