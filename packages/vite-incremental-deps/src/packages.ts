import { readdirSync } from 'node:fs'
import path from 'node:path'
import { SMALL_PACKAGE } from './constants.ts'

/**
 * The directory of the package that a module belongs to: what follows the last `node_modules`, so
 * that two versions of one package are two packages.
 */
export function packageOf(id: string): string | undefined {
  return /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1]
}

/** Whether the package has so few files that each may be one of its own: see `SMALL_PACKAGE`. */
export function isSmall(directory: string): boolean {
  return countFiles(directory) <= SMALL_PACKAGE
}

function countFiles(directory: string): number {
  let count = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || count > SMALL_PACKAGE) continue
    if (entry.isDirectory()) count += countFiles(path.join(directory, entry.name))
    else if (/\.[cm]?js$/.test(entry.name)) count++
  }
  return count
}
