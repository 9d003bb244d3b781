import type { DepOptimizationConfig, Plugin, ResolveOptions } from 'vite'

/** A project with generated packages, of a kind that published packages rarely show. */
export interface Case {
  name: string
  /** File contents, by their paths below `node_modules`. */
  files: Record<string, string>
  /** Dependencies that are optimized from the start and imported first. */
  early: string[]
  /** Dependencies that are added late, one after another. */
  late: string[]
  /** The code of a module; the value that its default export returns is compared as well. */
  probe?: string
  /** The project's config. Each server gets its own, because plugins have state. */
  config?: () => CaseConfig
  /** Modules that plain Vite does not evaluate: a control, as otherwise both sides might be wrong. */
  notEvaluated?: string[]
}

interface CaseConfig {
  plugins?: Plugin[]
  resolve?: ResolveOptions
  optimizeDeps?: DepOptimizationConfig
}

/** The early dependency of cases that need none in particular. */
const EARLY = files('early', { 'index.js': `export const early = {}` })

/** A case. Its early dependency is the package `early` by default. */
export function caseOf(name: string, late: string[], rest: Omit<Partial<Case>, 'name'>): Case {
  return { name, late, early: ['early'], ...rest, files: { ...EARLY, ...rest.files } }
}

/** The files of a package. It has ES modules, unless its manifest says otherwise. */
export function files(
  name: string,
  content: Record<string, string>,
  manifest: Record<string, unknown> = {},
): Record<string, string> {
  const own = name.split('/node_modules/').at(-1)
  const whole = { name: own, version: '1.0.0', type: 'module', ...manifest }
  const entries = Object.entries({ 'package.json': JSON.stringify(whole), ...content })
  return Object.fromEntries(entries.map(([file, code]) => [`${name}/${file}`, code]))
}

export const COMMON_JS: Record<string, unknown> = { type: 'commonjs', main: './index.js' }

export const SUBPATHS: Record<string, unknown> = { exports: { '.': './index.js', './*': './*.js' } }
