import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readManifest, repository } from './packages.ts'

export interface ProjectOptions {
  /** The directory of the application that is copied, relative to the repository. */
  app: string
  /** What it is to depend on, by name; anything else is as in the repository. */
  versions: Record<string, string>
}

/** What the applications share, which is not published. */
const COMMON = '@holdfast/app-common'

/** What is made by tools and installed, and not part of an application. */
const made = new Set(['node_modules', 'dist', 'test-results', '.turbo', '.wrangler'])

/**
 * Copies an application and the end-to-end tests to a directory outside the repository, so that the
 * tests there find that copy: the same files in the same places, as far as they are needed.
 * Nothing is installed yet. Returns where the copies of both are.
 */
export function createProject(
  directory: string,
  { app, versions }: ProjectOptions,
): { app: string; tests: string } {
  const source = path.join(repository, app)
  const project = { app: path.join(directory, 'apps/app'), tests: path.join(directory, 'e2e') }
  copy(source, project.app)
  copy(path.join(repository, 'e2e'), project.tests)
  copy(path.join(repository, 'apps/common'), path.join(directory, 'apps/common'))
  // Not installed: a package manager may copy it, and Node strips no types in what is installed.
  link(path.join(directory, 'apps/common'), path.join(directory, 'node_modules', COMMON))
  copy(path.join(repository, 'tsconfig.base.json'), path.join(directory, 'tsconfig.base.json'))
  writeFileSync(
    path.join(project.app, 'package.json'),
    JSON.stringify(manifestOf(source, versions), undefined, 2),
  )
  link(project.app, path.join(project.tests, 'node_modules/@holdfast/app-request-info'))
  for (const name of ['@playwright/test', '@types/node']) {
    const installed = path.join('node_modules', name)
    link(path.join(repository, 'e2e', installed), path.join(project.tests, installed))
  }
  return project
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (file) => !made.has(path.basename(file)) })
}

function link(target: string, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  // The kind that Windows allows to everyone.
  symlinkSync(target, file, 'junction')
}

function manifestOf(source: string, versions: Record<string, string>): object {
  // Copies of our packages are what a project outside the repository gets anyway.
  const { dependenciesMeta: _, devDependencies, ...manifest } = readManifest(source)
  const dependencies = { ...manifest.dependencies, ...devDependencies }
  for (const [name, range] of Object.entries(dependencies)) {
    if (range !== 'catalog:') continue
    dependencies[name] = readManifest(path.join(source, 'node_modules', name)).version
  }
  delete dependencies[COMMON]
  return { ...manifest, dependencies: { ...dependencies, ...versions } }
}
