import { hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { DevEnvironment, EnvironmentModuleNode, OptimizedDepInfo, TransformResult } from 'vite'
import { importsOf } from './crawl.ts'
import { exchangeUrls } from './exchange-urls.ts'

/** What an id was loaded from. */
interface Loaded {
  /** Of what plugins gave, if they gave anything; otherwise Vite reads a file. */
  digest: string | undefined
  /** Whether that changed without the module being invalidated, as a plugin may load it, too. */
  isAmbiguous: boolean
  /** When, in ms since the epoch. */
  at: number
  /** Whether those who import it are written for CommonJS, if it is an optimized dependency. */
  needsInterop: boolean | undefined
}

/** A transform that a reload of the optimizer has dropped. */
interface Kept {
  module: EnvironmentModuleNode
  result: TransformResult
  loaded: Loaded
  imports: { module: EnvironmentModuleNode; needsInterop: boolean | undefined }[]
  answer?: Promise<Renewed | undefined>
}

/** A transform as it would come out now, and the modules that it imports. */
interface Renewed {
  result: TransformResult
  /** Those that are others than before, by their former URLs. */
  exchanged: ReadonlyMap<string, EnvironmentModuleNode>
}

/** `DEP_VERSION_RE` in Vite's `constants.ts`. */
const VERSION = /[?&]v=([\w.-]+)/

/** Milliseconds by which the time of a file may be behind, as systems count it in ticks. */
export const FILE_TIME_MARGIN = 50

/**
 * Spares an environment most of what a reload of its optimizer costs. Vite drops all transforms
 * then, and gives the optimized dependencies new URLs; but most of what it transforms anew comes out
 * as it was, apart from these URLs. A transform is used again if
 *
 * - nothing has invalidated its module but that reload,
 * - it is loaded as before: plugins give the same for it, or the file has not been written since,
 * - it imports the same modules, whose URLs can be exchanged, and
 * - it is an optimized dependency or none of a package's files, as these are imported in another way
 *   once they are optimized.
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
    const at = Date.now()
    const result = await load(id)
    if (typeof result === 'string') kept.loads(id, at, result)
    else kept.loads(id, at, result?.code, result?.moduleType)
    return result
  }
  moduleGraph.invalidateModule = (module, seen, timestamp, isHmr, isSoft) => {
    kept.forget(module, isSoft)
    invalidateModule(module, seen, timestamp, isHmr, isSoft)
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
  readonly #loaded = new Map<string, Loaded>()
  /** All that the optimizer ever had, by which files of packages are versioned, too. */
  readonly #versions = new Set<string>()
  /** The one at the last reload. */
  #version: string | undefined

  constructor(environment: DevEnvironment, optimizer: Optimizer) {
    this.#environment = environment
    this.#optimizer = optimizer
  }

  get size(): number {
    return this.#kept.size
  }

  /** @param code what plugins gave, if they gave anything. */
  loads(id: string, at: number, code: unknown, moduleType = ''): void {
    const { browserHash } = this.#optimizer.metadata
    this.#versions.add(browserHash)
    this.#version ??= browserHash
    const digest = typeof code === 'string' ? hash('sha1', `${moduleType}:${code}`) : undefined
    const before = this.#loaded.get(id)
    if (before) {
      before.isAmbiguous ||= before.digest !== digest
      return
    }
    const needsInterop = this.#isOptimized(id) ? this.#infoOf(id)?.needsInterop : undefined
    this.#loaded.set(id, { digest, isAmbiguous: false, at, needsInterop })
  }

  /** @param isSoft whether Vite itself will use the transform again. */
  forget({ id }: EnvironmentModuleNode, isSoft = false): void {
    if (!id) return
    this.#kept.delete(this.#keyOf(id))
    if (!isSoft) this.#loaded.delete(id)
  }

  /**
   * To be called before everything is invalidated.
   *
   * @returns a function for afterwards.
   */
  prepare(): () => void {
    // Other reloads, as that for a `tsconfig.json`, change what comes out.
    const version = this.#version
    this.#version = this.#optimizer.metadata.browserHash
    if (version === this.#version || !this.#hasOutdated()) return () => {}
    const modules = [...this.#environment.moduleGraph.idToModuleMap.values()]
    const dropped = modules.flatMap((module): Kept[] => {
      const { id, importedModules, transformResult } = module
      const loaded = this.#loaded.get(id ?? '')
      if (!loaded || loaded.isAmbiguous || !transformResult || !this.#mayKeep(id!)) return []
      const imports = [...importedModules].map((imported) => ({
        module: imported,
        needsInterop: this.#loaded.get(imported.id ?? '')?.needsInterop,
      }))
      return [{ module, result: transformResult, loaded, imports }]
    })
    // What nobody has asked for since the last reload is as good as before.
    const before = [...this.#kept.values()].map(({ module, result, loaded, imports }): Kept => ({
      module,
      result,
      loaded,
      imports,
    }))
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
    const renewed = await kept.answer
    // Another has asked, or something was invalidated meanwhile.
    if (this.#kept.get(key) !== kept) return
    this.#kept.delete(key)
    if (!renewed || module.transformResult) return
    if (module !== kept.module || renewed.exchanged.size > 0)
      this.#updateGraph(module, kept, renewed)
    moduleGraph.updateModuleTransformResult(module, renewed.result)
  }

  /** `undefined` if it cannot be told how the transform would come out. */
  async #renew(
    module: EnvironmentModuleNode,
    id: string,
    kept: Kept,
  ): Promise<Renewed | undefined> {
    const isSame = module === kept.module
    // Plugins may know more of one that has a new URL, by its former.
    if (!isSame && hasMeta(kept.module)) return undefined
    if (!(await this.#loadsAsBefore(id, kept.loaded))) return undefined
    const known = new Set(kept.imports.map((one) => one.module.url))
    const imported = [...importsOf(kept.result)]
    if (imported.some((url) => VERSION.test(url) && !known.has(url))) return undefined

    const urls = new Map<string, string>()
    for (const { module: one, needsInterop } of kept.imports) {
      const url = isUnresolved(one) ? undefined : this.#urlOf(one, needsInterop)
      if (url === undefined) return undefined
      if (url !== one.url) urls.set(one.url, url)
    }
    const result = isSame && urls.size === 0 ? kept.result : exchangeUrls(kept.result, urls)
    if (!result || this.#mentionsOutdated(result)) return undefined
    if (!isSame && mentions(result, kept.module)) return undefined
    const { moduleGraph } = this.#environment
    const exchanged = await Promise.all(
      [...urls].map(
        async ([from, to]) => [from, await moduleGraph.ensureEntryFromUrl(to)] as const,
      ),
    )
    return { result, exchanged: new Map(exchanged) }
  }

  async #loadsAsBefore(id: string, { at, digest }: Loaded): Promise<boolean> {
    await this.#environment.pluginContainer.load(id)
    if (this.#loaded.get(id)?.digest !== digest) return false
    if (digest !== undefined) return true
    const { ctimeMs } = await stat(fileOf(id))
    return ctimeMs + FILE_TIME_MARGIN < at
  }

  /** By which an import is imported now, or nothing if it would be in another way. */
  #urlOf(
    { id, url }: EnvironmentModuleNode,
    needsInterop: boolean | undefined,
  ): string | undefined {
    const version = VERSION.exec(id ?? '')?.[1]
    if (!id || version === undefined) return url
    if (this.#isOptimized(id)) {
      const info = this.#infoOf(id)
      if (!info?.browserHash || info.needsInterop !== needsInterop) return undefined
      return withVersion(url, info.browserHash)
    }
    const isVites = this.#versions.has(version) && path.isAbsolute(id)
    return isVites ? withVersion(url, this.#optimizer.metadata.browserHash) : url
  }

  /** Whether a former URL stands in the code elsewhere than in imports, as a plugin may have put it. */
  #mentionsOutdated({ code, deps = [], dynamicDeps = [] }: TransformResult): boolean {
    let rest = code
    for (const url of [...deps, ...dynamicDeps]) rest = rest.replaceAll(url, '')
    const { browserHash } = this.#optimizer.metadata
    const found = [...rest.matchAll(new RegExp(VERSION, 'g'))].map(([, version]) => version!)
    return found.some((version) => version !== browserHash && this.#versions.has(version))
  }

  #updateGraph(
    module: EnvironmentModuleNode,
    { module: former, imports }: Kept,
    { result, exchanged }: Renewed,
  ): void {
    const { acceptedHmrDeps, acceptedHmrExports, importedBindings, isSelfAccepting } = former
    const current = (one: EnvironmentModuleNode): EnvironmentModuleNode =>
      exchanged.get(one.url) ?? one
    const ids = new Map(imports.map((one) => [one.module.id, current(one.module).id!]))
    const bindings = importedBindings && [...importedBindings]
    // Is done when it returns, as there is nothing to resolve.
    void this.#environment.moduleGraph.updateModuleInfo(
      module,
      new Set(imports.map((one) => current(one.module))),
      bindings && new Map(bindings.map(([id, names]) => [ids.get(id) ?? id, names])),
      new Set([...acceptedHmrDeps].map(current)),
      acceptedHmrExports,
      isSelfAccepting ?? false,
      importsOf(result),
    )
  }

  /** Whether a dependency is transformed that the optimizer no longer has like that. */
  #hasOutdated(): boolean {
    for (const { id, transformResult } of this.#environment.moduleGraph.idToModuleMap.values()) {
      if (id && transformResult && this.#isOptimized(id) && !this.#isCurrent(id)) return true
    }
    return false
  }

  #mayKeep(id: string): boolean {
    return this.#isOptimized(id) || !path.isAbsolute(id) || !id.includes('/node_modules/')
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

const withVersion = (url: string, version: string): string =>
  url.replace(VERSION, (found) => found.slice(0, '?v='.length) + version)

const fileOf = (id: string): string => id.replace(/[?#][^]*$/, '')

/** Vite leaves the import as it is written, and may find what it is for the next time. */
const isUnresolved = ({ id, url }: EnvironmentModuleNode): boolean =>
  id === url && /^[\w@]/.test(url)

const hasMeta = ({ info }: EnvironmentModuleNode): boolean =>
  Object.keys(info?.meta ?? {}).length > 0

const mentions = ({ code }: TransformResult, { id, url }: EnvironmentModuleNode): boolean =>
  code.includes(id!) || code.includes(url)
