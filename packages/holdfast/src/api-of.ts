import type { Plugin, ResolvedConfig } from 'vite'

/** What a plugin offers to others; `undefined` if it is not there. */
export function apiOf({ plugins }: ResolvedConfig, name: string): Plugin['api'] {
  return plugins.find((plugin) => plugin.name === name)?.api
}
