import { oneOf, portNumber } from '@holdfast/app-common/settings'

/** How the application runs, from the environment variables that `pnpm dev` honours. */
export const settings: {
  mode: 'on' | 'no-incremental' | 'off'
  order: 'last' | 'middle' | 'first'
  port: number | undefined
} = {
  /**
   * `HOLDFAST=off` is the control: RedwoodSDK as it is. With `no-incremental` Vite re-optimizes and
   * reloads, and the state has to outlive that.
   */
  mode: oneOf('HOLDFAST', ['on', 'no-incremental', 'off']),
  /** Where `holdfast()` stands among the plugins. */
  order: oneOf('ORDER', ['last', 'middle', 'first']),
  port: portNumber(),
}
