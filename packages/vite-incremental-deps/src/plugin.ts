import * as vite from 'vite'
import type { DevEnvironment, Logger, Plugin } from 'vite'
import { takeCacheDir } from './cache-owner.ts'
import { PACKAGE_NAME } from './constants.ts'
import { debug } from './debug.ts'
import { IncrementalOptimizer } from './incremental-optimizer.ts'
import { recordOutputs } from './record-outputs.ts'
import type { Recorded } from './record-outputs.ts'
import type { IncrementalDepsApi, Report } from './report.ts'
import { transformAhead } from './transform-ahead.ts'
import { transformAtStart } from './transform-at-start.ts'
import { findSurprise } from './vite-internals.ts'

/**
 * Adds dependencies that are discovered late without re-optimizing those that are served, in every
 * environment that discovers dependencies. Does nothing in a build and in preview.
 */
export function incrementalDeps(): Plugin<IncrementalDepsApi> {
  const reports: Report[] = []
  const listeners = new Set<(report: Report) => void>()
  let recorded = new Map<string, Recorded>()
  let isPreview = false
  const incremental = new WeakSet<DevEnvironment>()

  const tell = (report: Report, logger: Logger): void => {
    reports.push(report)
    for (const listener of listeners) {
      try {
        listener(report)
      } catch (error) {
        logger.error(`[${PACKAGE_NAME}] a listener failed: ${String(error)}`)
      }
    }
    const ids = report.added.join(', ')
    if (report.fellBack === undefined) {
      // As Vite does, for tools that wait for its line (`logNewlyDiscoveredDeps`).
      const what = report.added.length === 1 ? 'dependency' : 'dependencies'
      logger.info(`${what} optimized: ${ids}`, { timestamp: true })
      debug(`${report.environment}: ${ids} added in ${Math.round(report.duration)} ms`)
    } else {
      debug(`${report.environment}: ${ids} left to Vite: ${report.fellBack}`)
    }
  }

  return {
    name: PACKAGE_NAME,
    enforce: 'pre',
    apply: 'serve',
    api: {
      reports,
      onReport(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      adds: (environment) => incremental.has(environment),
    },
    config(_config, env) {
      // A restart reads the config while the server before it still runs.
      recorded = new Map()
      isPreview = env.isPreview ?? false
    },
    configResolved: {
      order: 'pre',
      handler(config) {
        if (!isPreview) takeCacheDir(config)
      },
    },
    configEnvironment(name) {
      const entry: Recorded = {}
      recorded.set(name, entry)
      return { optimizeDeps: { rolldownOptions: { plugins: [recordOutputs(entry)] } } }
    },
    transform: {
      order: 'pre',
      handler(_code, id) {
        recorded.get(this.environment.name)?.optimizer?.outputs.watch.served(id)
      },
    },
    configureServer: {
      // Before plugins that evaluate code already.
      order: 'pre',
      handler({ config, environments }) {
        if (!('rolldownVersion' in vite)) {
          config.logger.warnOnce(
            `[${PACKAGE_NAME}] dependencies are added without a reload from Vite 8 on; this one has ` +
              'no Rolldown and optimizes them as it does by itself',
          )
          return
        }
        const optimizers = new Map<DevEnvironment, IncrementalOptimizer>()
        for (const environment of Object.values(environments)) {
          const { depsOptimizer, logger, name } = environment
          if (!depsOptimizer || environment.config.optimizeDeps.noDiscovery) continue
          const surprise = findSurprise(depsOptimizer)
          if (surprise) {
            logger.warnOnce(
              `[${PACKAGE_NAME}] this Vite is not as expected (${surprise}), so the dependencies ` +
                'of its environments are optimized as without this plugin',
            )
            continue
          }
          const entry = recorded.get(name)
          if (entry) {
            entry.optimizer = new IncrementalOptimizer(environment, (report) =>
              tell(report, logger),
            )
            optimizers.set(environment, entry.optimizer)
            transformAhead(environment)
            incremental.add(environment)
          }
        }
        transformAtStart(environments.client, optimizers)
      },
    },
  }
}
