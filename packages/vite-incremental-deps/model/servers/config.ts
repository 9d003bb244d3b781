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

const urlOf = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)

/**
 * The text of a project's `vite.config.mjs`.
 *
 * @param isPlain - whether the plugin is left out, which gives a second server a cache of its own.
 */
export const textOfConfig = (isPlain: boolean): string => `
import { app } from ${urlOf('app.ts')}
import { incrementalDeps } from ${urlOf('../../src/index.ts')}
export default {
  ...${JSON.stringify(config)},
  ${isPlain ? "cacheDir: process.env.MODEL_SERVER === 'second' ? 'node_modules/.vite/second' : undefined," : ''}
  plugins: [${isPlain ? '' : 'incrementalDeps(), '}app()],
}
`
