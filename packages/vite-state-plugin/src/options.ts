import path from 'node:path'
import type { Environment, EnvironmentOptions, Plugin, ResolvedConfig } from 'vite'
import { DEFAULT_RUNTIME, DEFAULT_SPECIFIER, PACKAGE_NAME } from './constants.ts'

export interface StatePluginOptions {
  /**
   * The bare specifier under which code reaches the shared module.
   * @default 'rwsdk/__state'
   */
  specifier?: string
  /**
   * The names of the environments that may import the specifier.
   * @default every environment whose `consumer` is `'server'`; under Vitest every environment
   */
  environments?: string[]
  /**
   * The JavaScript module behind the specifier: a bare specifier, resolved from the project's root,
   * or an absolute path. For frameworks that made their own container with `createStateContainer`.
   * @default '@holdfast/state-runtime', resolved from this plugin's own dependencies
   */
  runtime?: string
}

export interface ResolvedOptions {
  specifier: string
  environments: string[] | undefined
  runtime: string
}

/** @throws {Error} on an option that does not exist or has a value that cannot be. */
export function resolveOptions(options: StatePluginOptions): ResolvedOptions {
  const {
    specifier = DEFAULT_SPECIFIER,
    environments,
    runtime = DEFAULT_RUNTIME,
    ...unknown
  } = options
  const unknownNames = Object.keys(unknown)
  if (unknownNames.length > 0) {
    throw new Error(
      `[${PACKAGE_NAME}] there is no option ${quote(unknownNames)}; ` +
        'the options are "specifier", "environments", "runtime"; correct or remove it',
    )
  }
  if (!isBareOrAbsolute(specifier) || isAbsolute(specifier)) {
    throw refusal(
      'specifier',
      specifier,
      'it must be bare, so that it means the same module in every file; ' +
        `use a name such as ${JSON.stringify(DEFAULT_SPECIFIER)}, ` +
        'and point the `runtime` option at your own module',
    )
  }
  if (environments !== undefined && !Array.isArray(environments)) {
    throw refusal(
      'environments',
      environments,
      'it must be a list of names; use one such as ["ssr"]',
    )
  }
  if (!isBareOrAbsolute(runtime)) {
    throw refusal(
      'runtime',
      runtime,
      'it must be bare or an absolute path; ' +
        'for a file of your own use path.resolve(import.meta.dirname, "state.js")',
    )
  }
  return { specifier, environments, runtime }
}

function isBareOrAbsolute(value: unknown): boolean {
  return typeof value === 'string' && !/^(?:\.|file:|\0|$)/.test(value)
}

// Both flavours on every OS: a config file is shared between machines.
function isAbsolute(value: string): boolean {
  return path.posix.isAbsolute(value) || path.win32.isAbsolute(value)
}

function refusal(option: keyof StatePluginOptions, value: unknown, advice: string): Error {
  return new Error(
    `[${PACKAGE_NAME}] ${JSON.stringify(value)} cannot be the \`${option}\`; ${advice}`,
  )
}

/**
 * Whether the environment may import the specifier. A `consumer` has no default yet when
 * `configEnvironment` runs: the one here is Vite's.
 */
export function isChosen(
  environments: string[] | undefined,
  name: string,
  { consumer = name === 'client' ? 'client' : 'server' }: Pick<EnvironmentOptions, 'consumer'>,
): boolean {
  return environments?.includes(name) ?? consumer === 'server'
}

/** @throws {Error} on an environment that does not exist, and on a specifier given twice. */
export function checkConfig(
  config: ResolvedConfig,
  specifier: string,
  environments: string[] = [],
): void {
  // A build without server code has no `ssr` environment, but its config file is the same.
  const existing = new Set(['client', 'ssr', ...Object.keys(config.environments)])
  const unknown = environments.filter((name) => !existing.has(name))
  if (unknown.length > 0) {
    throw new Error(
      `[${PACKAGE_NAME}] no environment is named ${quote(unknown)}; ` +
        `this config has ${quote(existing)}; correct the \`environments\` option`,
    )
  }
  const instances = config.plugins.filter(
    (plugin: Plugin<{ specifier: string }>) =>
      plugin.name === PACKAGE_NAME && plugin.api?.specifier === specifier,
  )
  if (instances.length > 1) {
    throw new Error(
      `[${PACKAGE_NAME}] the specifier ${quote([specifier])} is taken by two instances; ` +
        'each needs its own; remove one, which a framework may have added, ' +
        'or give it another `specifier`',
    )
  }
}

export function notAllowed(
  environment: Environment,
  specifier: string,
  environments: string[] | undefined,
  importer = 'an entry',
): Error {
  const allowed = Object.entries(environment.getTopLevelConfig().environments)
    .filter(([name, config]) => isChosen(environments, name, config))
    .map(([name]) => name)
  // A build of browser code alone has no other environment.
  const where =
    allowed.length > 0 ? `here ${quote(allowed)}` : 'and no environment here may import it'
  return new Error(
    `[${PACKAGE_NAME}] ${quote([specifier])} was imported by ${importer} ` +
      `in the environment ${quote([environment.name])}; it is for server code, ` +
      `${where}; keep the importer out of other code, ` +
      `or add ${quote([environment.name])} to the \`environments\` option`,
  )
}

function quote(names: Iterable<string>): string {
  return [...names].map((name) => JSON.stringify(name)).join(', ')
}
