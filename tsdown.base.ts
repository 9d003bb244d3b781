import type { UserConfig } from 'tsdown'

/** What every published package's build has in common. */
export const base: UserConfig = {
  entry: 'src/index.ts',
  format: 'esm',
  platform: 'node',
  exports: true,
  dts: { generator: 'oxc' },
  sourcemap: true,
  publint: { level: 'suggestion' },
  attw: { profile: 'esm-only', level: 'error' },
  failOnWarn: true,
}
