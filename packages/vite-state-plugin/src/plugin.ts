import path from 'node:path'
import { exactRegex } from '@rolldown/pluginutils'
import type { Environment, Plugin } from 'vite'
import { DEFAULT_RUNTIME, PACKAGE_NAME } from './constants.ts'
import { devPlugin } from './dev.ts'
import { KeyInquiry } from './key-inquiry.ts'
import type { StateKey, StateKeysOptions } from './key-inquiry.ts'
import { OPTIMIZER_PLUGIN, optimizerOptions } from './optimizer.ts'
import { checkConfig, isChosen, notAllowed, resolveOptions } from './options.ts'
import type { StatePluginOptions } from './options.ts'
import { findConsumers } from './packages.ts'
import { checkAnswer, putOptimizerPluginsFirst } from './precedence.ts'
import { resolveRuntime } from './runtime.ts'

/** What other plugins find as `api` of the plugin named `@holdfast/vite-state-plugin`. */
export interface StatePluginApi {
  specifier: string
  /**
   * Resolves with the keys that have a value in the server environments, of all containers that were
   * made by `createStateContainer`; at most 500 of an isolate. Only an environment that has evaluated
   * the specifier's module answers, and none does where HMR is disabled.
   *
   * Never rejects.
   */
  stateKeys: (options?: StateKeysOptions) => Promise<StateKey[]>
}

/**
 * Resolves one specifier to one shared module in every server environment: in dev under a virtual
 * id that no re-optimization renames, in a build to the physical file. Does nothing in preview.
 *
 * @throws {Error} when called: an option that does not exist or has a value that cannot be, such as
 * a specifier that is not bare. At start: a specifier that is taken by another instance, an
 * environment that does not exist, a `runtime` of your own that cannot be found.
 */
export function statePlugin(options: StatePluginOptions = {}): Plugin[] {
  const { specifier, environments, runtime } = resolveOptions(options)
  // A physical id in node_modules would carry `?v=<hash>` and so change with each re-optimization.
  const virtualId = `\0virtual:${PACKAGE_NAME}/${specifier}`
  let root: string
  let consumers: Promise<string[]> | undefined
  let isVitest = false
  let inquiry: KeyInquiry | undefined

  // Vitest runs the code of its `client` environment, that of jsdom, in Node as well.
  const mayImport = ({ name, config }: Environment): boolean =>
    isChosen(environments, name, config) || (isVitest && !environments)

  const main: Plugin<StatePluginApi> = {
    name: PACKAGE_NAME,
    enforce: 'pre',
    apply: (_config, { isPreview }) => !isPreview,
    api: { specifier, stateKeys: async (asked) => (await inquiry?.ask(asked)) ?? [] },
    config: {
      // After every other plugin, so that this alias comes before theirs.
      order: 'post',
      handler(config) {
        // As Vite will.
        root = path.resolve(config.root ?? '.')
        consumers = undefined
        // Aliases come before plugins, and the first that matches wins: one onto itself shields
        // the specifier from an alias for a part of it. It also keeps Vite's import analysis from
        // externalizing the specifier where an installed package really exports it.
        return { resolve: { alias: [{ find: specifier, replacement: specifier }] } }
      },
    },
    async configEnvironment(name, config, { command }) {
      // In all environments: where the specifier is not allowed, scanner and optimizer must leave
      // it to our `resolveId`, which explains.
      const optimizeDeps = optimizerOptions(specifier)
      // A search through all installed packages, which is not for those that externalize none.
      if (config.resolve?.noExternal === true || !isChosen(environments, name, config)) {
        return { optimizeDeps }
      }
      consumers ??= findConsumers(root, command === 'build')
      return { optimizeDeps, resolve: { noExternal: await consumers } }
    },
    configResolved: {
      // Others may bring plugins of the optimizer only here.
      order: 'post',
      handler(config) {
        isVitest = process.env.VITEST !== undefined && 'test' in config
        checkConfig(config, specifier, environments)
        putOptimizerPluginsFirst(config, OPTIMIZER_PLUGIN)
      },
    },
    configureServer: {
      // Before plugins that evaluate code already.
      order: 'pre',
      async handler({ environments: all }) {
        const chosen = Object.values(all).filter(mayImport)
        const created = new KeyInquiry(chosen, virtualId)
        const resolved = Promise.all(chosen.map((each) => resolveRuntime(each, runtime)))
        if (runtime === DEFAULT_RUNTIME) {
          // Not waited for: other plugins start meanwhile. It comes with this package, and should
          // it be missing all the same, whoever imports the specifier is told.
          resolved.catch(() => {})
        } else await resolved
        return () => {
          // Only now, as a restart that fails in another plugin leaves the old server in charge.
          inquiry = created
          for (const each of chosen) {
            const resolve = () => each.pluginContainer.resolveId(specifier)
            void checkAnswer(each, specifier, resolve, virtualId)
          }
        }
      },
    },
    async buildStart() {
      const { environment } = this
      // In dev `configureServer` has looked already.
      if (environment.mode !== 'build' || !mayImport(environment)) return
      const file = await resolveRuntime(environment, runtime)
      await checkAnswer(environment, specifier, () => this.resolve(specifier), file)
    },
    resolveId: {
      // A framework may have a module of this name, and its plugin stand before this one.
      order: 'pre',
      filter: { id: exactRegex(specifier) },
      async handler(id, importer) {
        // Vite 6 before 6.3 ignores filters.
        if (id !== specifier) return null
        const { environment } = this
        if (!mayImport(environment)) {
          throw notAllowed(environment, specifier, environments, importer)
        }
        const file = await resolveRuntime(environment, runtime)
        return environment.mode === 'build' ? file : virtualId
      },
    },
  }

  return [main, devPlugin(virtualId, runtime)]
}
