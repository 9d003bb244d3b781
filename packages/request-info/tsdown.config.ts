import { defineConfig } from 'tsdown'
import { base } from '../../tsdown.base.ts'

export default defineConfig({
  ...base,
  // Resolved by @holdfast/vite-state-plugin in the application that installs this package.
  deps: { neverBundle: ['rwsdk/__state'] },
})
