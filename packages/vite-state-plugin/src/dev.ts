import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { exactRegex } from '@rolldown/pluginutils'
import type { Plugin, Rollup } from 'vite'
import { PACKAGE_NAME } from './constants.ts'
import { keyListenerCode } from './key-listener.ts'
import { resolvePhysical, resolveRuntime } from './runtime.ts'

/** Serves the physical module under its virtual id. */
export function devPlugin(virtualId: string, runtime: string): Plugin {
  return {
    name: `${PACKAGE_NAME}:dev`,
    enforce: 'pre',
    apply: (_config, { command, isPreview }) => command === 'serve' && !isPreview,
    // No filter, as none looks at the importer: a virtual module has no directory of its own for
    // its imports to be resolved from.
    async resolveId(id, importer) {
      if (importer !== virtualId) return null
      const file = await resolveRuntime(this.environment, runtime)
      return resolvePhysical(this.environment, id, file)
    },
    load: {
      filter: { id: exactRegex(virtualId) },
      async handler(id) {
        // Vite 6 before 6.3 ignores filters.
        if (id !== virtualId) return null
        return readModule(await resolveRuntime(this.environment, runtime))
      },
    },
  }
}

const SOURCE_MAP_COMMENT = /\n\/\/# sourceMappingURL=(?!data:)(\S+)\s*$/

async function readModule(file: string): Promise<Rollup.LoadResult> {
  const written = await readFile(file, 'utf8')
  const url = SOURCE_MAP_COMMENT.exec(written)?.[1]
  // Behind everything, so that no source map is needed for it.
  const code = `${written.replace(SOURCE_MAP_COMMENT, '\n')}\n${keyListenerCode}`
  const mapFile = url && path.resolve(path.dirname(file), url)
  if (!mapFile || !existsSync(mapFile)) return code
  const map: Rollup.ExistingRawSourceMap = JSON.parse(await readFile(mapFile, 'utf8'))
  const base = path.resolve(path.dirname(mapFile), map.sourceRoot ?? '')
  return {
    code,
    // Vite resolves sources against the module's id, which here has no directory.
    map: {
      ...map,
      sourceRoot: undefined,
      sources: map.sources?.map((source) => source && path.resolve(base, source)),
    },
  }
}
