import type { DevEnvironment } from 'vite'

/**
 * The id that `url` has in the environment *now*: fetch this one.
 *
 * Vite's module graph never forgets which module a url stood for, not even in `invalidateAll()`, so
 * after a re-optimization `environment.fetchModule('dep')` still goes for the module of the former
 * `?v=` hash, on every major (`_unresolvedUrlToModuleMap` in `server/moduleGraph.ts`). The option
 * `cached: false` does not help. Resolving has no such memory.
 *
 *     const id = await resolveFresh(environment, url, importer)
 *     const result = await environment.fetchModule(id, importer)
 *
 * @param importer The id of the importing module, which a relative url or a nested dependency needs.
 * @returns `url` itself where nothing resolves it or where it is external: `fetchModule` knows both.
 */
export async function resolveFresh(
  environment: DevEnvironment,
  url: string,
  importer?: string,
): Promise<string> {
  const resolved = await environment.pluginContainer.resolveId(url, importer)
  if (resolved?.external || (!resolved && !url.startsWith('\0'))) return url
  const id = resolved?.id ?? url
  // With an importer, `fetchModule` takes anything else for the name of a package, be it virtual or
  // `C:/…` (`ssr/fetchModule.ts`).
  return /^[./]/.test(id) ? id : `/@id/${id.replace(/^\0/, '__x00__')}`
}
