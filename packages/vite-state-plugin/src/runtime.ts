import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createIdResolver, type Environment } from 'vite'
import { DEFAULT_RUNTIME, PACKAGE_NAME } from './constants.ts'

const resolvers = new WeakMap<Environment, ReturnType<typeof createIdResolver>>()

/**
 * Resolves as Vite does in this environment, with its conditions and aliases, but past the
 * optimizer and past externalization: the answer is a file without `?v=`, or nothing.
 */
export async function resolvePhysical(
  environment: Environment,
  source: string,
  importer: string,
): Promise<string | undefined> {
  let resolve = resolvers.get(environment)
  if (!resolve) {
    // Vite 8 externalizes in builds, and then answers with the bare id. `noExternal: true` would end
    // that too, but makes a Node builtin an error in a client environment such as that of jsdom.
    // https://github.com/vitejs/vite/blob/v8.3.8/packages/vite/src/node/plugins/resolve.ts
    resolve = createIdResolver(environment.getTopLevelConfig(), { isBuild: false })
    resolvers.set(environment, resolve)
  }
  const id = await resolve(environment, source, importer)
  return id !== undefined && path.isAbsolute(id) ? id : undefined
}

/**
 * The file of the `runtime` option.
 *
 * @throws {Error} if there is none.
 */
export async function resolveRuntime(environment: Environment, runtime: string): Promise<string> {
  // The default is this package's own dependency, which strict package managers hide from the root.
  const importer =
    runtime === DEFAULT_RUNTIME
      ? fileURLToPath(import.meta.url)
      : path.join(environment.config.root, 'package.json')
  let file: string | undefined
  let cause: unknown
  try {
    file = await resolvePhysical(environment, runtime, importer)
  } catch (error) {
    cause = error // e.g. the package is there and does not export the path
  }
  if (file !== undefined) return file
  throw new Error(
    `[${PACKAGE_NAME}] the state module ${JSON.stringify(runtime)} was not found; ` +
      `it must be resolvable from ${JSON.stringify(importer)} ` +
      `in the environment ${JSON.stringify(environment.name)}; ` +
      (path.isAbsolute(runtime)
        ? 'correct the `runtime` option'
        : `install it (npm install ${runtime}), or correct the \`runtime\` option`),
    { cause },
  )
}
