import { oneOf, portNumber } from '@holdfast/app-common/settings'

/** How the application runs, from the environment variables that `pnpm dev` honours. */
export const settings: {
  mode: 'on' | 'off'
  order: 'last' | 'middle' | 'first'
  port: number | undefined
} = {
  /** `HOLDFAST=off` is the control: RedwoodSDK as it is. */
  mode: oneOf('HOLDFAST', ['on', 'off']),
  /** Where `holdfast()` stands among the plugins. */
  order: oneOf('ORDER', ['last', 'middle', 'first']),
  port: portNumber(),
}
