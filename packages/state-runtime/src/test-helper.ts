import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const url = new URL('../dist/index.mjs', import.meta.url)

/** Path of the built module. */
export const dist: string = fileURLToPath(url)

if (!existsSync(dist)) throw new Error(`${dist} is missing; run the build script first`)

/**
 * Evaluates a new copy of the built module for each `copy`. Typed by the source, so that the type
 * check needs no build.
 */
export const importDist = (copy: string): Promise<typeof import('./index.ts')> =>
  import(/* @vite-ignore */ `${url.href}?${copy}`)
