import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Subject } from '../session.ts'

/**
 * What is to be tested, by the path of the plugin, with the Vite that this plugin has.
 *
 * @param plugin - `none` for plain Vite.
 */
export function subjectOf(plugin: string): Subject {
  const file = plugin === 'none' ? import.meta.filename : path.resolve(plugin)
  const manifest = createRequire(file).resolve('vite/package.json')
  return {
    plugin: plugin === 'none' ? undefined : pathToFileURL(file).href,
    vite: path.join(path.dirname(manifest), 'dist/node/index.js'),
  }
}
