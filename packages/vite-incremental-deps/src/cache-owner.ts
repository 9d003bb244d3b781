import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { normalizePath } from 'vite'
import type { ResolvedConfig } from 'vite'
import { PACKAGE_NAME } from './constants.ts'

/** Names the root of the application whose dependencies are in the directory. */
const OWNER_FILE = '_incremental.root'

/**
 * Gives an application a directory of its own for what is cached, where the one that it is to have is
 * another's. Vite finds there that the config has changed and removes all: two applications that run
 * at the same time take each other's files away, and pages stay blank.
 *
 * It has to be called before environments are created, which take the directory from the config.
 */
export function takeCacheDir(config: ResolvedConfig): void {
  const { cacheDir, logger, root } = config
  const file = path.join(cacheDir, OWNER_FILE)
  const owner = readOwner(file)
  if (owner === root) return
  if (owner === undefined || !existsSync(owner)) {
    try {
      mkdirSync(cacheDir, { recursive: true })
      writeFileSync(file, root)
    } catch {
      // Vite says what is wrong with the directory, if it needs it.
    }
    return
  }
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 8)
  const own = normalizePath(path.join(cacheDir, `${path.basename(root)}-${hash}`))
  ;(config as { cacheDir: string }).cacheDir = own
  logger.info(
    `[${PACKAGE_NAME}] ${cacheDir} is the cache of the application in ${owner}; this one uses ` +
      `${own}; set \`cacheDir\` to choose another`,
  )
}

function readOwner(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
