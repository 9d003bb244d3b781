import { crawlFrameworkPkgs } from 'vitefu'
import { PACKAGE_NAME } from './constants.ts'

/**
 * The installed packages that declare to need the specifier, by depending on this plugin.
 *
 * A server environment on Node leaves installed packages to Node's own loader, which knows nothing
 * of the specifier: these must be `noExternal`. Vitest derives its `server.deps.inline` from that.
 */
export async function findConsumers(root: string, isBuild: boolean): Promise<string[]> {
  const { ssr } = await crawlFrameworkPkgs({
    root,
    isBuild,
    // "Semi" frameworks are processed by Vite and may still be pre-bundled.
    isSemiFrameworkPkgByJson: ({ peerDependencies, dependencies }) =>
      PACKAGE_NAME in { ...peerDependencies, ...dependencies },
  })
  return ssr.noExternal
}
