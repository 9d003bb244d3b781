import type { Plugin, ResolvedConfig } from 'vite'
import { LIVE_ID, PACKAGE_NAME, PAGE_PATH } from './constants.ts'
import { liveCode, watchPages } from './page-live.ts'
import { servePage } from './page-server.ts'
import type { PageOptions } from './page-server.ts'
import { timelineOf } from './session.ts'

const RESOLVED_LIVE_ID = `\0${LIVE_ID}`

/**
 * Serves the page at `/__holdfast/`. It must come before what holds requests or answers them.
 */
export function pagePlugin(options: PageOptions): Plugin & { devtools: Devtools } {
  return {
    name: `${PACKAGE_NAME}:page`,
    enforce: 'pre',
    apply: 'serve',
    configureServer: {
      order: 'pre',
      handler(server) {
        watchPages(server, timelineOf(server.config))
        server.middlewares.use(servePage(server, options))
      },
    },
    resolveId: {
      filter: { id: new RegExp(`^\0?${LIVE_ID}$`) },
      handler: (id) => (id === LIVE_ID || id === RESOLVED_LIVE_ID ? RESOLVED_LIVE_ID : null),
    },
    load: {
      filter: { id: new RegExp(`^${RESOLVED_LIVE_ID}$`) },
      handler: (id) => (id === RESOLVED_LIVE_ID ? liveCode : null),
    },
    devtools,
  }
}

/** As much as is used of `PluginWithDevTools`, from 0.1 to 0.8 of `@vitejs/devtools-kit`. */
interface Devtools {
  setup: (context: {
    viteConfig?: ResolvedConfig
    docks?: { register?: (entry: Record<string, string>) => unknown }
  }) => void
}

/**
 * An entry in the dock of `@vitejs/devtools`, which looks for this field in every plugin. Experimental
 * there, so nothing is taken for granted.
 *
 * https://devtools.vite.dev/kit/dock-system
 */
const devtools: Devtools = {
  setup({ docks, viteConfig }) {
    docks?.register?.({
      id: PACKAGE_NAME,
      type: 'iframe',
      title: 'Holdfast',
      // Iconify's names are fetched from elsewhere.
      icon: `data:image/svg+xml,${encodeURIComponent(ICON)}`,
      url: `${viteConfig?.base ?? '/'}${PAGE_PATH}/`,
    })
  },
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#888" ' +
  'stroke-width="2"><circle cx="12" cy="5" r="2"/><path d="M12 7v14M8 11h8M4 14a8 7 0 0 0 16 0"/></svg>'
