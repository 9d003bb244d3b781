import { defineConfig, type UserConfig } from 'tsdown'
import { base } from '../../tsdown.base.ts'

const config: UserConfig = defineConfig({
  ...base,
  copy: 'types.d.ts',
  exports: { customExports: { './types': { types: './dist/types.d.ts' } } },
})
export default config
