import { oneOf, portNumber } from '@holdfast/app-common/settings'

/** How the harness runs, from the environment variables that `pnpm dev` honours. */
export const settings: {
  mode: 'on' | 'no-incremental' | 'off'
  topology: 'child' | 'bridge'
  port: number | undefined
} = {
  /**
   * `HOLDFAST=off` is the control: the same app, its state in an ordinary module. With
   * `no-incremental` Vite re-optimizes and reloads, and the state has to outlive that.
   */
  mode: oneOf('HOLDFAST', ['on', 'no-incremental', 'off']),
  /** Whether the ssr environment has a runner in the worker's isolate or is bridged into it. */
  topology: oneOf('TOPOLOGY', ['child', 'bridge']),
  port: portNumber(),
}
