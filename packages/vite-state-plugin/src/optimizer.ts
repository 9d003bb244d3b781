import { exactRegex } from '@rolldown/pluginutils'
import type { Plugin as EsbuildPlugin } from 'esbuild'
import * as vite from 'vite'
import { PACKAGE_NAME } from './constants.ts'

export const OPTIMIZER_PLUGIN: string = `${PACKAGE_NAME}:optimizer`
const REQUIRED = 'required'

/**
 * Options that keep the specifier an import in everything that is pre-bundled.
 *
 * `exclude` alone is not enough: Vite turns a CommonJS `require()` of an excluded id into an import
 * only where the platform is neither `node` nor, on Vite 8, `neutral`, and leaves a `require` that
 * fails at run time otherwise (`esbuildCjsExternalPlugin` in Vite 6 and 7,
 * `rolldownCjsExternalPlugin` in Vite 8, both in `optimizer/`).
 *
 * Vite 8 drops esbuild plugins that are set per environment, and Vite 6 and 7 know no
 * `rolldownOptions`: each gets its own.
 */
export function optimizerOptions(specifier: string): vite.DepOptimizationOptions {
  return {
    exclude: [specifier],
    ...('rolldownVersion' in vite
      ? { rolldownOptions: { plugins: [rolldownPlugin(specifier)] } }
      : { esbuildOptions: { plugins: [esbuildPlugin(specifier)] } }),
  }
}

/** The namespace itself, not a copy: bindings stay live and every consumer holds the same object. */
function requiredModule(specifier: string): string {
  return `import * as m from ${JSON.stringify(specifier)}\nmodule.exports = m\n`
}

function rolldownPlugin(specifier: string): vite.Rolldown.Plugin {
  const requiredId = `\0virtual:${OPTIMIZER_PLUGIN}/${REQUIRED}/${specifier}`
  return {
    name: OPTIMIZER_PLUGIN,
    resolveId: {
      order: 'pre',
      filter: { id: exactRegex(specifier) },
      handler(id, _importer, { kind }) {
        return kind === 'require-call' ? requiredId : { id, external: true }
      },
    },
    load: {
      filter: { id: exactRegex(requiredId) },
      handler: () => requiredModule(specifier),
    },
  }
}

function esbuildPlugin(specifier: string): EsbuildPlugin {
  const namespace = `${OPTIMIZER_PLUGIN}/${REQUIRED}/${specifier}`
  return {
    name: OPTIMIZER_PLUGIN,
    setup(build) {
      build.onResolve({ filter: exactRegex(specifier) }, ({ path, kind }) =>
        kind === 'require-call' ? { path, namespace } : { path, external: true },
      )
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents: requiredModule(specifier) }))
    },
  }
}
