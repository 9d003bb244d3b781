/** The ssr environment's entry, fetched from it and evaluated here: see `ssr-bridge.ts`. */
export function loadSsr(): Promise<typeof import('./entry.ssr.tsx')> {
  // @ts-expect-error -- a virtual module
  return import('virtual:ssr-bridge:/src/framework/entry.ssr.tsx')
}
