import { defineConfig, type UserConfig } from 'tsdown'
import { base } from '../../tsdown.base.ts'

const config: UserConfig = defineConfig({
  ...base,
  exports: { customExports: { './types': { types: './types.d.ts' } } },
})
export default config
