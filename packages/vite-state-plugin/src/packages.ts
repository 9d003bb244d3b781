import { PACKAGE_NAME } from './constants.ts'

/** Those that bring this plugin. */
const BRINGERS = [PACKAGE_NAME, 'holdfast']

/**
 * The installed packages that declare to need the specifier, by depending on a package that
 * brings this plugin.
 *
 * A server environment on Node leaves installed packages to Node's own loader, which knows nothing
 * of the specifier: these must be `noExternal`. Vitest derives its `server.deps.inline` from that.
 */
export async function findConsumers(root: string, isBuild: boolean): Promise<string[]> {
  // Not loaded where nothing has to be found.
  const { crawlFrameworkPkgs } = await import('vitefu')
  const { ssr } = await crawlFrameworkPkgs({
    root,
    isBuild,
    // "Semi" frameworks are processed by Vite and may still be pre-bundled.
    isSemiFrameworkPkgByJson: ({ peerDependencies, dependencies }) =>
      BRINGERS.some((name) => name in { ...peerDependencies, ...dependencies }),
  })
  return ssr.noExternal
}
