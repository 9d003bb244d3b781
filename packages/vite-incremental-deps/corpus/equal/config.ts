import type { DepOptimizationConfig, Plugin } from 'vite'
import type { Case } from './case.ts'
import { markEvaluations } from './mark.ts'

export interface ServerConfig {
  plugins: Plugin[]
  resolve: object
  /** For each environment. */
  optimizeDeps: DepOptimizationConfig
}

export interface Mode {
  /** Whether modules record their evaluation (`mark.ts`). */
  isMarked?: boolean
  /** Whether modules are evaluated in ECMAScript's order, whatever chunks they are in. */
  isStrict?: boolean
}

/** The config of a project, with the settings of the mode. */
export function configOf(config: Case['config'], mode: Mode = {}): ServerConfig {
  const { isMarked = true, isStrict = false } = mode
  const { plugins = [], resolve = {}, optimizeDeps = {} } = config?.() ?? {}
  const { plugins: own, output, ...rolldownOptions } = optimizeDeps.rolldownOptions ?? {}
  const strict = isStrict && { output: { ...output, strictExecutionOrder: true } }
  return {
    plugins,
    resolve,
    optimizeDeps: {
      ...optimizeDeps,
      rolldownOptions: {
        ...rolldownOptions,
        ...(output && { output }),
        ...strict,
        plugins: [...(isMarked ? [markEvaluations()] : []), own],
      },
    },
  }
}
