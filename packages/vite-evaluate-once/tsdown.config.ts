import { defineConfig, type UserConfig } from 'tsdown'
import { base } from '../../tsdown.base.ts'

const config: UserConfig = defineConfig({
  ...base,
  // The store is served to the runners by its file.
  entry: ['src/index.ts', 'src/store.ts'],
  exports: { exclude: ['store'] },
})
export default config
