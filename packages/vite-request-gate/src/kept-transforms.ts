import { hash } from 'node:crypto'
import path from 'node:path'
import type { DevEnvironment, EnvironmentModuleNode, OptimizedDepInfo, TransformResult } from 'vite'
import { exchangeUrls } from './exchange-urls.ts'

/** What a plugin made of an id. */
interface Loaded {
  digest: string
  /** Whether those who import it are written for CommonJS, if it is an optimized dependency. */
  needsInterop: boolean | undefined
}

/** A transform that a reload of the optimizer has dropped. */
interface Kept {
  module: EnvironmentModuleNode
  result: TransformResult
  /** Not there if Vite read a file, of whose changes it is told. */
  loaded: Loaded | undefined
  imports: { module: EnvironmentModuleNode; needsInterop: boolean | undefined }[]
  answer?: Promise<TransformResult | undefined>
}

/** `DEP_VERSION_RE` in Vite's `constants.ts`. */
const VERSION = /[?&]v=([\w.-]+)/

/**
 * Spares an environment most of what a reload of its optimizer costs. Vite drops all transforms
 * then, and gives the optimized dependencies new URLs; but most of what it transforms anew comes out
 * as it was, apart from these URLs. A transform is used again if
 *
 * - nothing has invalidated its module but that reload,
 * - what plugins load for it is the same, and
 * - it imports the same modules, whose URLs can be exchanged.
 */
export function keepTransforms(environment: DevEnvironment): void {
  const { depsOptimizer, moduleGraph, pluginContainer } = environment
  if (!depsOptimizer) return
  const kept = new KeptTransforms(environment, depsOptimizer)
  const load = pluginContainer.load.bind(pluginContainer)
  const invalidateAll = moduleGraph.invalidateAll.bind(moduleGraph)
  const invalidateModule = moduleGraph.invalidateModule.bind(moduleGraph)
  const transformRequest = environment.transformRequest.bind(environment)

  pluginContainer.load = async (id) => {
    const result = await load(id)
    kept.loads(id, typeof result === 'string' ? result : result?.code)
    return result
  }
  moduleGraph.invalidateModule = (module, ...rest) => {
    kept.forget(module)
    invalidateModule(module, ...rest)
  }
  moduleGraph.invalidateAll = () => {
    const keep = kept.prepare()
    invalidateAll()
    keep()
  }
  environment.transformRequest = async (url, ...rest) => {
    if (kept.size > 0) await kept.restore(url)
    return transformRequest(url, ...rest)
  }
}

type Optimizer = NonNullable<DevEnvironment['depsOptimizer']>

class KeptTransforms {
  readonly #environment: DevEnvironment
  readonly #optimizer: Optimizer
  /** By `#keyOf()`. */
  readonly #kept = new Map<string, Kept>()
  /** By id, since the last reload. */
  #loaded = new Map<string, Loaded>()
  /** All that the optimizer ever had, by which files of packages are versioned, too. */
  readonly #versions = new Set<string>()

  constructor(environment: DevEnvironment, optimizer: Optimizer) {
    this.#environment = environment
    this.#optimizer = optimizer
  }

  get size(): number {
    return this.#kept.size
  }

  /** @param code absent if no plugin has any. */
  loads(id: string, code: string | undefined): void {
    this.#versions.add(this.#optimizer.metadata.browserHash)
    if (code === undefined) return
    const needsInterop = this.#isOptimized(id) ? this.#infoOf(id)?.needsInterop : undefined
    this.#loaded.set(id, { digest: hash('sha1', code), needsInterop })
  }

  forget({ id }: EnvironmentModuleNode): void {
    if (id) this.#kept.delete(this.#keyOf(id))
  }

  /**
   * To be called before everything is invalidated.
   *
   * @returns a function for afterwards.
   */
  prepare(): () => void {
    if (!this.#isOptimizersReload()) return () => {}
    const loaded = this.#loaded
    this.#loaded = new Map()
    const modules = [...this.#environment.moduleGraph.idToModuleMap.values()]
    const dropped = modules.flatMap((module): Kept[] => {
      const { id, importedModules, transformResult } = module
      if (!id || !transformResult) return []
      const imports = [...importedModules].map((imported) => ({
        module: imported,
        needsInterop: loaded.get(imported.id ?? '')?.needsInterop,
      }))
      return [{ module, result: transformResult, loaded: loaded.get(id), imports }]
    })
    // What nobody has asked for since the last reload is as good as before.
    const before = [...this.#kept.values()].map(
      ({ module, result, loaded: code, imports }): Kept => ({
        module,
        result,
        loaded: code,
        imports,
      }),
    )
    return () => {
      for (const kept of [...before, ...dropped]) {
        const id = kept.module.id!
        // Of chunks there are others each time.
        if (!this.#isOptimized(id) || this.#infoOf(id)) this.#kept.set(this.#keyOf(id), kept)
      }
    }
  }

  /** Has the module that is asked for transformed, if its last transform is still good. */
  async restore(url: string): Promise<void> {
    const { moduleGraph } = this.#environment
    const module = await moduleGraph.getModuleByUrl(url)
    if (!module?.id || module.transformResult) return
    // Vite refuses what is outdated.
    if (this.#isOptimized(module.id) && !this.#isCurrent(module.id)) return
    const key = this.#keyOf(module.id)
    const kept = this.#kept.get(key)
    if (!kept) return
    // Who imports a module that fails is told by Vite.
    kept.answer ??= this.#renew(module, module.id, kept).catch(() => undefined)
    const result = await kept.answer
    // Another has asked, or something was invalidated meanwhile.
    if (this.#kept.get(key) !== kept) return
    this.#kept.delete(key)
    if (!result || module.transformResult) return
    moduleGraph.updateModuleTransformResult(module, result)
  }

  /** The transform as it would come out now, if that can be told. */
  async #renew(
    module: EnvironmentModuleNode,
    id: string,
    kept: Kept,
  ): Promise<TransformResult | undefined> {
    const isSame = module === kept.module
    // Plugins may know more of one that has a new URL, by its former.
    if (!isSame && hasMeta(kept.module)) return undefined
    if (kept.loaded) {
      await this.#environment.pluginContainer.load(id)
      if (this.#loaded.get(id)?.digest !== kept.loaded.digest) return undefined
    }
    const exchanged = new Map<EnvironmentModuleNode, string>()
    for (const { module: imported, needsInterop } of kept.imports) {
      const version = this.#versionOf(imported, needsInterop)
      if (version === undefined) return undefined
      if (version !== '') exchanged.set(imported, version)
    }
    if (isSame && exchanged.size === 0) return kept.result

    const urls = new Map(
      [...exchanged].map(([{ url }, version]) => [url, withVersion(url, version)]),
    )
    const known = new Set(kept.imports.map((one) => one.module.url))
    const result = exchangeUrls(kept.result, urls, known)
    if (!result || (!isSame && mentions(result, kept.module))) return undefined
    await this.#updateGraph(module, kept, result, exchanged)
    return result
  }

  /**
   * What an import has to be exchanged for: '' if nothing, `undefined` if it has changed otherwise.
   */
  #versionOf({ id }: EnvironmentModuleNode, needsInterop: boolean | undefined): string | undefined {
    const version = VERSION.exec(id ?? '')?.[1]
    if (!id || version === undefined) return ''
    if (!this.#isOptimized(id)) {
      const { browserHash } = this.#optimizer.metadata
      const isVites = this.#versions.has(version) && path.isAbsolute(id)
      return isVites && version !== browserHash ? browserHash : ''
    }
    const info = this.#infoOf(id)
    if (!info || info.needsInterop !== needsInterop) return undefined
    return info.browserHash === version ? '' : info.browserHash
  }

  async #updateGraph(
    module: EnvironmentModuleNode,
    { module: former, imports }: Kept,
    { deps = [], dynamicDeps = [] }: TransformResult,
    exchanged: ReadonlyMap<EnvironmentModuleNode, string>,
  ): Promise<void> {
    const { acceptedHmrDeps, acceptedHmrExports, importedBindings, isSelfAccepting } = former
    const current = (one: EnvironmentModuleNode): EnvironmentModuleNode | string => {
      const version = exchanged.get(one)
      return version === undefined ? one : withVersion(one.url, version)
    }
    const ids = new Map(
      [...exchanged].map(([{ id }, version]) => [id!, withVersion(id!, version)] as const),
    )
    const bindings = importedBindings && [...importedBindings]
    await this.#environment.moduleGraph.updateModuleInfo(
      module,
      new Set(imports.map((one) => current(one.module))),
      bindings && new Map(bindings.map(([id, names]) => [ids.get(id) ?? id, names])),
      new Set([...acceptedHmrDeps].map(current)),
      acceptedHmrExports,
      isSelfAccepting ?? false,
      new Set([...deps, ...dynamicDeps]),
    )
  }

  /** Others, as that for a `tsconfig.json`, change what comes out. */
  #isOptimizersReload(): boolean {
    for (const { id, transformResult } of this.#environment.moduleGraph.idToModuleMap.values()) {
      if (id && transformResult && this.#isOptimized(id) && !this.#isCurrent(id)) return true
    }
    return false
  }

  /** The same for all versions of an optimized dependency. */
  #keyOf(id: string): string {
    return this.#isOptimized(id) ? fileOf(id) : id
  }

  #isOptimized(id: string): boolean {
    return this.#optimizer.isOptimizedDepFile(id)
  }

  #isCurrent(id: string): boolean {
    const info = this.#infoOf(id)
    return info !== undefined && this.#optimizer.getOptimizedDepId(info) === id
  }

  /** What the optimizer has of it by now. */
  #infoOf(id: string): OptimizedDepInfo | undefined {
    const file = fileOf(id)
    return this.#optimizer.metadata.depInfoList.find((info) => info.file === file)
  }
}

const fileOf = (id: string): string => id.replace(/[?#][^]*$/, '')

const hasMeta = ({ info }: EnvironmentModuleNode): boolean =>
  Object.keys(info?.meta ?? {}).length > 0

const mentions = ({ code }: TransformResult, { id, url }: EnvironmentModuleNode): boolean =>
  code.includes(id!) || code.includes(url)

function withVersion(url: string, version: string): string {
  return url.replace(VERSION, (found) => found.slice(0, '?v='.length) + version)
}
