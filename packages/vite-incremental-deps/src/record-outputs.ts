import path from 'node:path'
import type { Rolldown } from 'vite'
import { PACKAGE_NAME, RECORD_FILE } from './constants.ts'
import { findAccess } from './find-access.ts'
import type { IncrementalOptimizer } from './incremental-optimizer.ts'
import { firstLine } from './record.ts'
import { OPTIMIZER_PLUGIN } from './vite-internals.ts'

/** The optimizer whose runs are recorded; there is none before the server is configured. */
export interface Recorded {
  optimizer?: IncrementalOptimizer
}

/**
 * Takes part in the runs of Vite's optimizer. The same plugins are in Vite's scan, and in small
 * bundles that run at the same time as others, so each run gets an instance of its own.
 */
export function recordOutputs(recorded: Recorded): Rolldown.Plugin {
  return {
    name: `${PACKAGE_NAME}:record`,
    options(options) {
      const { input, plugins } = options
      if (!Array.isArray(plugins) || !plugins.some(isOptimizers)) return null
      const entries = Object.values((input ?? {}) as Record<string, string>)
      return { ...options, plugins: [...recordRun(entries, recorded), ...plugins] }
    },
  }
}

const isOptimizers = (plugin: unknown): boolean =>
  typeof plugin === 'object' && (plugin as Rolldown.Plugin | null)?.name === OPTIMIZER_PLUGIN

/** Adds to a run the record of what is inside its outputs. */
function recordRun(entries: string[], { optimizer }: Recorded): Rolldown.Plugin[] {
  const inputs = new Set(entries.map((entry) => path.resolve(entry)))
  optimizer?.runStarted()

  const record: Rolldown.Plugin = {
    name: `${PACKAGE_NAME}:record-run`,
    buildEnd(error) {
      if (error) optimizer?.runFailed()
    },
    renderError() {
      optimizer?.runFailed()
    },
  }
  const access = findAccess(inputs, (context, bundle, modules) => {
    const added: string[] = []
    for (const output of Object.values(bundle)) {
      // Vite's loop over the output fails on an entry that it does not know.
      if (output.type !== 'chunk' || !output.isEntry || inputs.has(output.facadeModuleId ?? ''))
        continue
      const { fileName, code } = output
      delete bundle[fileName]
      context.emitFile({ type: 'asset', fileName, source: code })
      added.push(fileName)
    }
    const source = firstLine(added, modules)
    context.emitFile({ type: 'asset', fileName: RECORD_FILE, source })
  })
  return [record, access]
}
