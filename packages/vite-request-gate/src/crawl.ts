import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { normalizePath } from 'vite'
import type { DevEnvironment, EnvironmentModuleNode, TransformResult } from 'vite'
import { wasTransformed } from './transformed.ts'

/**
 * The border between environments in an application of React Server Components: what stands behind
 * is a module of its own in each.
 */
const DIRECTIVE = /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*(['"])use (?:client|server)\1/

/** Transforms modules, and whatever of their import graph is not transformed yet. */
export class Crawl {
  /** How many modules were transformed, as far as is known. */
  transformed = 0
  readonly #environments: DevEnvironment[]
  readonly #isOver: () => boolean
  readonly #seen = new Set<EnvironmentModuleNode>()
  readonly #borders = new Set<string>()

  /** @param isOver whether nobody is interested any more. */
  constructor(environments: DevEnvironment[], isOver: () => boolean) {
    this.#environments = environments
    this.#isOver = isOver
  }

  /** As `visit`, of a module in the graph that need not be one of the environment's own. */
  async revisit(environment: DevEnvironment, module: EnvironmentModuleNode): Promise<void> {
    if (wasTransformed(module)) await this.visit(environment, module)
  }

  /** Never rejects: who imports a module that fails will be told. */
  async visit(environment: DevEnvironment, module: EnvironmentModuleNode): Promise<void> {
    if (this.#seen.has(module) || this.#isOver()) return
    this.#seen.add(module)
    const isNew = !module.transformResult
    const result = await environment.transformRequest(module.url).catch(() => null)
    if (!result) return
    if (isNew) this.transformed++
    const urls = importsOf(result)
    const imports = [...module.importedModules].filter(
      ({ id, transformResult, url }) =>
        urls.has(url) &&
        !transformResult &&
        // Vite answers for an optimized dependency when it is optimized, which this is to bring about.
        !environment.depsOptimizer?.isOptimizedDepFile(id ?? ''),
    )
    await Promise.all([
      ...imports.map((imported) => this.visit(environment, imported)),
      isNew && this.#crossBorder(environment, module),
    ])
  }

  /** A module by its file or, of a plugin's, its name, which need not be in the graph yet. */
  async visitEntry(environment: DevEnvironment, entry: string): Promise<void> {
    const { moduleGraph, pluginContainer } = environment
    try {
      const resolved = await pluginContainer.resolveId(entry)
      if (!resolved || resolved.external || this.#isOver()) return
      const url = path.isAbsolute(resolved.id) ? urlOf(resolved.id, environment) : entry
      await this.visit(environment, await moduleGraph.ensureEntryFromUrl(url))
    } catch {
      // As in `visit`.
    }
  }

  async #crossBorder(from: DevEnvironment, { file }: EnvironmentModuleNode): Promise<void> {
    if (!file || this.#borders.has(file) || !path.isAbsolute(file)) return
    this.#borders.add(file)
    const source = await readFile(file, 'utf8').catch(() => '')
    if (!DIRECTIVE.test(source)) return
    const others = this.#environments.filter((environment) => environment !== from)
    await Promise.all(others.map((other) => this.visitEntry(other, file)))
  }
}

/**
 * The urls that the module's code imports. `importedModules` also has the files that a plugin made
 * the module from, which may be for another environment.
 */
export function importsOf({ deps = [], dynamicDeps = [] }: TransformResult): Set<string> {
  const urls = [...deps, ...dynamicDeps]
  return new Set(
    urls.map((url) =>
      url
        // Of an earlier update.
        .replace(/([?&])t=\d+(?:&|$)/, '$1')
        .replace(/[?&]$/, '')
        .replace(/^\/@id\/(__x00__)?/, (_, nul?: string) => (nul ? '\0' : '')),
    ),
  )
}

function urlOf(file: string, { config }: DevEnvironment): string {
  const root = `${normalizePath(config.root)}/`
  return file.startsWith(root) ? file.slice(root.length - 1) : path.posix.join('/@fs/', file)
}
