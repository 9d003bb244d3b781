import type { InlineConfig } from 'vite'

export type EnvironmentName = 'ssr' | 'client'

export const INDEX_HTML = '<!doctype html>\n<script type="module" src="/src/entry.js"></script>\n'

/** What every server of the same project has, the one under test and the plain ones. */
export const config = {
  optimizeDeps: { entries: ['index.html'] },
  environments: {
    ssr: {
      resolve: { noExternal: true },
      optimizeDeps: { noDiscovery: false, entries: ['src/entry.js'] },
    },
  },
} satisfies InlineConfig

/**
 * The text of a project's `vite.config.mjs`.
 *
 * @param plugin - the URL of a module that exports `incrementalDeps` or `holdfast`; none for Vite
 * alone.
 */
export function textOfConfig(plugin: string | undefined): string {
  return [
    `import { app } from ${JSON.stringify(new URL('app.ts', import.meta.url).href)}`,
    ...(plugin ? [`import * as plugin from ${JSON.stringify(plugin)}`] : []),
    `const { incrementalDeps, holdfast } = ${plugin ? 'plugin' : '{}'}`,
    'export default {',
    `  ...${JSON.stringify(config)},`,
    '  plugins: [(holdfast ?? incrementalDeps)?.(), app()],',
    '}\n',
  ].join('\n')
}
