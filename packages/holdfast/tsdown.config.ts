import type { UserConfig } from 'tsdown'
import { base } from '../../tsdown.base.ts'

// The package's name alone stands for nothing, and tsdown would have it stand for the only entry.
const config: UserConfig = {
  ...base,
  entry: { vite: 'src/vite.ts' },
  copy: 'types.d.ts',
  exports: false,
}
export default config
