import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { normalizePath } from 'vite'
import type { DepOptimizationMetadata, DevEnvironment, Rolldown } from 'vite'
import type { OutputRecord } from './record.ts'

/**
 * Everything this package knows of Vite that Vite does not promise. Read in, and verified on, Vite
 * 8.3.8 (`optimizer/index.ts`, `optimizer/optimizer.ts`).
 */

export type DepsOptimizer = NonNullable<DevEnvironment['depsOptimizer']>
export type Metadata = DepOptimizationMetadata
export type DepInfo = Metadata['depInfoList'][number]

/** The plugin by which a run of Vite's optimizer can be told from its scan. */
export const OPTIMIZER_PLUGIN = 'vite:dep-pre-bundle'

/** The very Rolldown that Vite optimizes with. */
export async function loadRolldown(): Promise<typeof Rolldown> {
  const fromVite = createRequire(createRequire(import.meta.url).resolve('vite/package.json'))
  const url = pathToFileURL(fromVite.resolve('rolldown')).href
  return (await import(/* @vite-ignore */ url)) as typeof Rolldown
}

/** What is not as expected in an environment's optimizer, if anything. */
export function findSurprise(optimizer: DepsOptimizer): string | undefined {
  for (const key of ['registerMissingImport', 'init', 'run', 'close'] as const) {
    if (typeof optimizer[key] !== 'function') return `no ${key}()`
  }
  const { metadata } = optimizer
  for (const key of ['optimized', 'discovered', 'chunks'] as const) {
    if (typeof metadata?.[key] !== 'object') return `no metadata.${key}`
  }
  if (!Array.isArray(metadata.depInfoList)) return 'no metadata.depInfoList'
  for (const { id, file } of Object.values(metadata.optimized)) {
    const output = outputOf(id)
    if (output && output !== path.posix.basename(file)) return `${id} in ${file}`
  }
  return undefined
}

/** Whether the optimizer keeps what it is asked for: `init()` replaces its metadata. */
export function hasBegun(optimizer: DepsOptimizer): boolean {
  // 8.1.4 and later.
  const { initState = 'initialized' } = optimizer as { initState?: string }
  return initState === 'initialized'
}

/** Whether the optimizer starts, or waits or runs for dependencies other than `ours`. */
export function isBusy(optimizer: DepsOptimizer, ours: ReadonlyMap<string, DepInfo>): boolean {
  if (!hasBegun(optimizer)) return true
  if (optimizer.scanProcessing) return true
  return Object.values(optimizer.metadata.discovered).some(
    (info) => isProcessing(info) && ours.get(info.id) !== info,
  )
}

/** Promises that have resolved: what a run left out stays discovered, with that of the run. */
const over = new WeakSet<Promise<void>>()

function isProcessing({ processing }: DepInfo): boolean {
  if (!processing || over.has(processing)) return false
  void processing.then(() => over.add(processing))
  return true
}

/** Resolves when what is being scanned for and optimized is there, at a cold start the first run. */
export async function optimized(optimizer: DepsOptimizer): Promise<void> {
  await optimizer.scanProcessing
  for (const { processing } of optimizer.metadata.depInfoList) await processing
}

/** The URL of an output where a module imports it (`normalizeUrl` in `plugins/importAnalysis.ts`). */
export function urlOf({ config: { root }, depsOptimizer }: DevEnvironment, info: DepInfo): string {
  const id = depsOptimizer!.getOptimizedDepId(info)
  return id.startsWith(`${root}/`) ? id.slice(root.length) : path.posix.join('/@fs/', id)
}

/** Where Vite keeps the environment's outputs (`getDepsCacheDir`). */
export function depsDirectory({ name, config }: DevEnvironment): string {
  const suffix = name === 'client' ? '' : `_${name}`
  return normalizePath(path.resolve(config.cacheDir, `deps${suffix}`))
}

/**
 * The name of a dependency's output (`flattenId` in `utils.ts`), which a later run of Vite's
 * optimizer will write. None for ids with characters that no package's name or path usually has.
 */
export function outputOf(id: string): string | undefined {
  if (!/^[\w@./-]{1,120}$/.test(id)) return undefined
  return `${id.replaceAll(/_+/g, '$&__').replaceAll('/', '_').replaceAll('.', '__')}.js`
}

/**
 * The `?v=` of what was added. Browsers keep a dependency by its URL for a year, and what was added
 * depends on the order of discovery, so that it must not have the URL of any former run.
 */
export function lateHash(metadata: Metadata, record: OutputRecord): string {
  return hash(metadata.browserHash + record.run)
}

/** A `fileHash` that no run of Vite's gives, so that the next one reloads for certain. */
export function foreignFileHash(id: string): string {
  return hash(`added ${id}`)
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

/**
 * Tells Vite of the outputs that it does not know. It gives a `?v=` only to files that it knows, and
 * lets browsers keep every file of the directory for good.
 */
export function registerFiles(metadata: Metadata, directory: string, record: OutputRecord): void {
  const known = new Map(metadata.depInfoList.map((info) => [info.file, info]))
  const register = (name: string, browserHash: string) => {
    const file = path.posix.join(directory, name)
    const info = known.get(file)
    if (info) {
      info.browserHash = browserHash
      return
    }
    // No import has such an id.
    const id = `./${name}`
    const chunk = { id, file, browserHash, needsInterop: false }
    metadata.chunks[id] = chunk
    metadata.depInfoList.push(chunk)
  }
  for (const name of record.unlisted) register(name, metadata.browserHash)
  for (const name of record.lateFiles) register(name, lateHash(metadata, record))
}

/** Tells Vite of a dependency that was added, by this server or another. */
export function registerLate(
  metadata: Metadata,
  directory: string,
  record: OutputRecord,
  id: string,
): DepInfo {
  const { src, needsInterop } = record.late[id]!
  const file = path.posix.join(directory, outputOf(id)!)
  const browserHash = lateHash(metadata, record)
  const info: DepInfo = { id, src, file, browserHash, needsInterop, fileHash: foreignFileHash(id) }
  forgetFile(metadata, file)
  metadata.depInfoList.push(info)
  metadata.optimized[id] = info
  return info
}

/** Removes a dependency that is optimized. */
export function forgetDependency(metadata: Metadata, { id, file }: DepInfo): void {
  delete metadata.optimized[id]
  forgetFile(metadata, file)
}

/** Removes what Vite knows of a file: a failed run leaves behind what it had discovered. */
export function forgetFile(metadata: Metadata, file: string): void {
  delete metadata.chunks[`./${path.posix.basename(file)}`]
  const rest = metadata.depInfoList.filter((info) => info.file !== file)
  metadata.depInfoList.splice(0, Infinity, ...rest)
}
