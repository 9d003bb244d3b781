import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { exec } from '../outside/exec.ts'
import type { Registry } from './registry.ts'

/** Each installs a project's dependencies from the registry and keeps its caches in `caches`. */
export type Install = (project: string, registry: Registry, caches: string) => Promise<void>

export const managers: Record<'npm' | 'pnpm' | 'yarn', Install> = {
  async npm(project, registry, caches) {
    writeFileSync(path.join(project, '.npmrc'), registry.npmrc)
    const flags = ['--no-audit', '--no-fund', '--loglevel=error', `--cache=${caches}/npm`]
    await exec('npm', ['install', ...flags], { cwd: project })
  },

  async pnpm(project, registry, caches) {
    writeFileSync(path.join(project, '.npmrc'), registry.npmrc)
    const settings = {
      allowBuilds: { esbuild: false, sharp: false, workerd: true },
      // The packages are seconds old.
      minimumReleaseAge: 0,
      cacheDir: `${caches}/pnpm-cache`,
      storeDir: `${caches}/pnpm-store`,
    }
    // JSON is YAML.
    writeFileSync(path.join(project, 'pnpm-workspace.yaml'), JSON.stringify(settings))
    await exec('pnpm', ['install', '--no-frozen-lockfile'], { cwd: project })
  },

  async yarn(project, registry, caches) {
    const settings = {
      npmRegistryServer: registry.url,
      unsafeHttpWhitelist: ['localhost'],
      nodeLinker: 'node-modules',
      globalFolder: `${caches}/yarn`,
      enableImmutableInstalls: false,
      enableTelemetry: false,
      // They are seconds old.
      npmPreapprovedPackages: ['@holdfast/*', 'holdfast'],
    }
    writeFileSync(path.join(project, '.yarnrc.yml'), JSON.stringify(settings))
    // Says that this is a project of its own.
    writeFileSync(path.join(project, 'yarn.lock'), '')
    const yarn = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js')
    await exec(process.execPath, [yarn, 'install'], { cwd: project })
  },
}
