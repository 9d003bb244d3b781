import type { Rolldown } from 'vite'
import { PACKAGE_NAME, RECORD_FILE, RECORD_PLUGIN } from './constants.ts'
import { findAccess, isAccessEntry } from './find-access.ts'
import type { IncrementalOptimizer } from './incremental-optimizer.ts'
import { isSetupRun } from './optimizer-setup.ts'
import { firstLine } from './record.ts'
import { fileTime, stampsOf } from './stamps.ts'
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
    name: RECORD_PLUGIN,
    options(options) {
      const { input, plugins } = options
      if (!Array.isArray(plugins) || !plugins.some(isOptimizers) || isSetupRun(plugins)) return null
      const entries = Object.values((input ?? {}) as Record<string, string>)
      return { ...options, plugins: [...recordRun(entries, recorded), ...plugins] }
    },
  }
}

const isOptimizers = (plugin: unknown): boolean =>
  typeof plugin === 'object' && (plugin as Rolldown.Plugin | null)?.name === OPTIMIZER_PLUGIN

/** Adds to a run the record of what is inside its outputs. */
function recordRun(inputs: string[], { optimizer }: Recorded): Rolldown.Plugin[] {
  const startedAt = optimizer ? fileTime(optimizer.config.cacheDir) : 0
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
    const files: Record<string, number> = {}
    const unlisted: string[] = []
    for (const output of Object.values(bundle)) {
      if (output.type !== 'chunk') continue
      const { fileName, code } = output
      files[fileName] = Buffer.byteLength(code)
      if (!isAccessEntry(output)) continue
      // Vite's loop over the output fails on an entry that it does not know.
      delete bundle[fileName]
      context.emitFile({ type: 'asset', fileName, source: code })
      unlisted.push(fileName)
    }
    const stamps = stampsOf(Object.keys(modules), optimizer?.config.root ?? '', startedAt)
    const source = firstLine({ files, modules, stamps }, unlisted)
    context.emitFile({ type: 'asset', fileName: RECORD_FILE, source })
  })
  return [record, access]
}
