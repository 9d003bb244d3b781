import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { exec } from './exec.ts'

export interface Manifest {
  name: string
  version: string
  private?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  [field: string]: unknown
}

export interface Tarball {
  name: string
  version: string
  filename: string
  files: { path: string }[]
}

export const repository: string = path.join(import.meta.dirname, '../..')

export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Manifest
}

/** The packages that are published, as they are in a copy of the repository, by name. */
export function readPackages(root: string): Map<string, Manifest> {
  const parent = path.join(root, 'packages')
  const manifests = readdirSync(parent).map((name) => readManifest(path.join(parent, name)))
  return new Map(
    manifests.filter((each) => !each.private).map((manifest) => [manifest.name, manifest]),
  )
}

/** Packs what would be published of a copy of the repository, as it is built. */
export async function packAll(root: string, destination: string): Promise<Tarball[]> {
  // Not with npm, which knows nothing of `workspace:` and `catalog:`.
  const pack = ['pack', '--json', '--pack-destination', destination]
  const args = ['--filter', './packages/*', ...pack]
  return JSON.parse(await exec('pnpm', args, { cwd: root })) as Tarball[]
}
