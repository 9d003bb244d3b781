import type { Environment, Plugin, ResolvedConfig } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

/** The plugins of one optimizer, after those of all plugins are merged. */
interface OptimizerPlugins {
  plugins?: unknown
}

/** Of two plugins of an optimizer that answer for the same id, the first decides. */
export function putOptimizerPluginsFirst({ environments }: ResolvedConfig, name: string): void {
  const isOurs = (plugin: unknown): boolean =>
    typeof plugin === 'object' && plugin !== null && 'name' in plugin && plugin.name === name
  for (const { optimizeDeps } of Object.values(environments)) {
    const { esbuildOptions, rolldownOptions } = optimizeDeps
    for (const options of [esbuildOptions, rolldownOptions] as (OptimizerPlugins | undefined)[]) {
      const plugins = options?.plugins
      if (!Array.isArray(plugins)) continue
      plugins.sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)))
    }
  }
}

/**
 * Warns if another plugin answers for the specifier. Only one whose own hook is `order: 'pre'`, too,
 * and that stands before this one can.
 *
 * @param resolve asks all plugins.
 * @param expected what this one answers.
 */
export async function checkAnswer(
  environment: Environment,
  specifier: string,
  resolve: () => Promise<{ id: string } | null>,
  expected: string,
): Promise<void> {
  const { logger, plugins } = environment.getTopLevelConfig()
  const own = plugins.findIndex(
    ({ api, name }: Plugin<{ specifier?: string }>) =>
      name === PACKAGE_NAME && api?.specifier === specifier,
  )
  const before = plugins.slice(0, own).filter(isFirst)
  if (before.length === 0) return
  // What fails is told to who imports it.
  const answer = await resolve().catch(() => undefined)
  if (!answer || answer.id === expected) return
  const names = before.map(({ name }) => JSON.stringify(name)).join(' or ')
  logger.warnOnce(
    `[${PACKAGE_NAME}] "${specifier}" is resolved to ${JSON.stringify(answer.id)} by the plugin ` +
      `${names}, which comes first; its state does not outlive a reload; ` +
      'put the plugin that brings this one before it in `plugins`',
  )
}

const isFirst = ({ name, resolveId }: Plugin): boolean =>
  typeof resolveId === 'object' &&
  resolveId.order === 'pre' &&
  // These look on.
  !name.startsWith('holdfast')
