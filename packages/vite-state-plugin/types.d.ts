/**
 * What `rwsdk/__state` exports:
 *
 *     /// <reference types="@holdfast/vite-state-plugin/types" />
 *
 * `RwState` is an interface of its own: merged through a re-export alone, keys declared here and
 * keys declared in the runtime lose each other, depending on the order of files.
 */
declare module 'rwsdk/__state' {
  import type { RwState as RuntimeState, StateContainer } from '@holdfast/state-runtime'

  export * from '@holdfast/state-runtime'

  export interface RwState extends RuntimeState {}

  type RwContainer = StateContainer<RwState>

  export const defineRwState: RwContainer['define']
  export const getRwState: RwContainer['get']
  export const setRwState: RwContainer['set']
  export const hasRwState: RwContainer['has']
  export const deleteRwState: RwContainer['delete']
  export const rwStateKeys: RwContainer['keys']
}
