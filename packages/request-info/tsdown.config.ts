import { defineConfig, type UserConfig } from 'tsdown'
import { base } from '../../tsdown.base.ts'

const config: UserConfig = defineConfig({
  ...base,
  // Resolved by @holdfast/vite-state-plugin in the application that installs this package.
  deps: { neverBundle: ['rwsdk/__state'] },
})
export default config
