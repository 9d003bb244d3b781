import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { normalizePath } from 'vite'
import type { ResolvedConfig } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

/** Names the root of the application whose dependencies are in the directory, and the process. */
const OWNER_FILE = '_incremental.owner'

interface Owner {
  root: string
  process: number
}

/**
 * Gives a server a directory of its own for what is cached, where the one that it is to have is in use
 * by another process, or another application's. Two servers that write to one directory take each
 * other's files away: each of Vite's runs replaces the directory as a whole, and pages stay blank.
 *
 * It has to be called before environments are created, which take the directory from the config.
 */
export function takeCacheDir(config: ResolvedConfig): void {
  const { cacheDir, logger, root } = config
  const refusal = whyNot(cacheDir, root)
  if (refusal === undefined) return take(cacheDir, root)

  const hash = createHash('sha256').update(root).digest('hex').slice(0, 8)
  const base = path.join(cacheDir, `${path.basename(root)}-${hash}`)
  let own = base
  for (let number = 2; whyNot(own, root) !== undefined; number++) own = `${base}-${number}`
  take(own, root)
  ;(config as { cacheDir: string }).cacheDir = normalizePath(own)
  logger.info(
    `[${PACKAGE_NAME}] ${cacheDir} is ${refusal}; this server uses ${normalizePath(own)}; ` +
      'set `cacheDir` to choose another',
  )
}

/** Whose a directory is, if it is not to be taken. */
function whyNot(directory: string, root: string): string | undefined {
  const owner = readOwner(directory)
  if (!owner || !existsSync(owner.root)) return undefined
  if (owner.root !== root) return `the cache of the application in ${owner.root}`
  return owner.process !== process.pid && isRunning(owner.process)
    ? `in use by another server of this application (process ${owner.process})`
    : undefined
}

function take(directory: string, root: string): void {
  try {
    mkdirSync(directory, { recursive: true })
    const owner: Owner = { root, process: process.pid }
    writeFileSync(path.join(directory, OWNER_FILE), JSON.stringify(owner))
  } catch {
    // Vite says what is wrong with the directory, if it needs it.
  }
}

function readOwner(directory: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path.join(directory, OWNER_FILE), 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
