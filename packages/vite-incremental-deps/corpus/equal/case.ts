import type { DepOptimizationConfig, Plugin, ResolveOptions } from 'vite'

/** Packages that are written for one comparison. */
export interface Case {
  name: string
  /** By their path below `node_modules`. */
  files: Record<string, string>
  /** What is optimized from the start and imported first. */
  early: string[]
  /** What is late, one after another. */
  late: string[]
  /** The code of a module whose default export returns what else is to be compared. */
  probe?: string
  /** What the project sets. Of each server its own, as plugins have state. */
  config?: () => CaseConfig
  /** Modules that plain Vite itself leaves alone: the control of what is compared. */
  notEvaluated?: string[]
}

interface CaseConfig {
  plugins?: Plugin[]
  resolve?: ResolveOptions
  optimizeDeps?: DepOptimizationConfig
}

/** A module, for any early import to be there. */
const EARLY = files('early', { 'index.js': `export const early = {}` })

/** A case with a package `early`, unless it says what is early itself. */
export function caseOf(name: string, late: string[], rest: Omit<Partial<Case>, 'name'>): Case {
  return { name, late, early: ['early'], ...rest, files: { ...EARLY, ...rest.files } }
}

/** The files of a package: of ES modules, unless its manifest says otherwise. */
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
