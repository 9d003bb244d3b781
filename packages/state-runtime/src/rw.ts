import { createStateContainer } from './container.ts'
import type { StateContainer } from './types.ts'

/**
 * The keys of the container named `rwsdk` whose types are known. Declare yours:
 *
 * ```ts
 * declare module '@holdfast/state-runtime' {
 *   interface RwState {
 *     'my-framework:routes': Map<string, Route>
 *   }
 * }
 * ```
 */
export interface RwState {}

type RwContainer = StateContainer<RwState>

const rwsdk = createStateContainer<RwState>('rwsdk')

/** {@link StateContainer.define} of the container named `rwsdk`. */
export const defineRwState: RwContainer['define'] = rwsdk.define

/** {@link StateContainer.get} of the container named `rwsdk`. */
export const getRwState: RwContainer['get'] = rwsdk.get

/** {@link StateContainer.set} of the container named `rwsdk`. */
export const setRwState: RwContainer['set'] = rwsdk.set

/** {@link StateContainer.has} of the container named `rwsdk`. */
export const hasRwState: RwContainer['has'] = rwsdk.has

/** {@link StateContainer.delete} of the container named `rwsdk`. */
export const deleteRwState: RwContainer['delete'] = rwsdk.delete

/** {@link StateContainer.keys} of the container named `rwsdk`. */
export const rwStateKeys: RwContainer['keys'] = rwsdk.keys
