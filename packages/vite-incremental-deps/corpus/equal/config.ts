import type { DepOptimizationConfig, Plugin } from 'vite'
import type { Case } from './case.ts'
import { markEvaluations } from './mark.ts'

export interface ServerConfig {
  plugins: Plugin[]
  resolve: object
  /** Of each environment. */
  optimizeDeps: DepOptimizationConfig
}

/** What a project sets, and that modules are marked. */
export function configOf(config: Case['config'], isMarked = true): ServerConfig {
  const { plugins = [], resolve = {}, optimizeDeps = {} } = config?.() ?? {}
  const { plugins: own, ...rolldownOptions } = optimizeDeps.rolldownOptions ?? {}
  const marks = isMarked ? [markEvaluations()] : []
  return {
    plugins,
    resolve,
    optimizeDeps: {
      ...optimizeDeps,
      rolldownOptions: { ...rolldownOptions, plugins: [...marks, own] },
    },
  }
}
