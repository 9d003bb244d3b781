/** The ssr environment's entry, which runs beside this code in the same isolate. */
export function loadSsr(): Promise<typeof import('./entry.ssr.tsx')> {
  return import.meta.viteRsc.loadModule('ssr', 'index')
}
