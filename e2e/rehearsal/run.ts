import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exec } from '../outside/exec.ts'
import { interrupted } from '../outside/interruption.ts'
import { readManifest, readPackages, repository } from '../outside/packages.ts'
import { playwright } from '../outside/playwright.ts'
import { createProject } from '../outside/project.ts'
import { TemporaryDirectory } from '../outside/temporary-directory.ts'
import { checkFiles, checkTypes, dependentsOf } from './checks.ts'
import { managers } from './managers.ts'
import { Registry } from './registry.ts'
import { RepositoryCopy } from './repository-copy.ts'
import { Steps } from './steps.ts'

const HARNESS = 'apps/request-info'
const PATCHED = '@holdfast/state-runtime'

const steps = new Steps()
const statusBefore = await checkoutStatus()
let used: { directory: string; url: string | undefined } | undefined

try {
  await rehearse()
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  // Git cannot be asked any more once everything is told to end.
  if (!interrupted.aborted) {
    await steps.step('nothing is left behind', checkLeftovers).catch((error: unknown) => {
      console.error(error)
      process.exitCode = 1
    })
  }
  const report = path.join(import.meta.dirname, '../test-results/rehearsal.json')
  mkdirSync(path.dirname(report), { recursive: true })
  writeFileSync(report, JSON.stringify(steps.report(), undefined, 2))
}

async function rehearse(): Promise<void> {
  await using temporary = await TemporaryDirectory.create()
  used = { directory: temporary.path, url: undefined }
  await using registry = await Registry.start(
    path.join(temporary.path, 'registry'),
    readPackages(repository).keys(),
  )
  used.url = registry.url
  const caches = path.join(temporary.path, 'caches')
  const inside = (name: string) => path.join(temporary.path, name)

  const copy = await steps.step('a copy of the repository', () =>
    RepositoryCopy.create(inside('repository'), registry.npmrc, {
      npm_config_cache: `${caches}/npm`,
    }),
  )

  await steps.step('every package is released', async () => {
    for (const name of copy.packages().keys()) copy.addPatch(name)
    await copy.release()
    for (const [name, { version }] of copy.packages()) {
      assert.notEqual(version, '0.0.0', name)
      assert.deepEqual(await registry.versions(name), { all: [version], latest: version })
    }
  })

  await steps.step(`a patch of ${PATCHED} releases its dependents and no others`, async () => {
    const before = copy.packages()
    copy.addPatch(PATCHED)
    await copy.release()
    const changed: string[] = []
    for (const [name, { version }] of copy.packages()) {
      const old = before.get(name)!.version
      if (version !== old) changed.push(name)
      const all = version === old ? [old] : [old, version]
      assert.deepEqual(await registry.versions(name), { all, latest: version })
    }
    assert.deepEqual(changed.toSorted(), dependentsOf(PATCHED, before))
  })

  await steps.step('what was published holds what was built', async () => {
    for (const [name, { version }] of copy.packages()) {
      const published = await registry.contents(name, version)
      checkFiles(published)
      await checkTypes(published)
    }
  })

  for (const [manager, install] of Object.entries(managers)) {
    await steps.step(`it is installed by ${manager}, served and built`, async () => {
      const versions: Record<string, string> = {}
      const { dependencies = {} } = readManifest(path.join(repository, HARNESS))
      for (const [name, { version }] of copy.packages()) {
        if (name in dependencies) versions[name] = `^${version}`
      }
      const project = createProject(inside(manager), { app: HARNESS, versions })
      await install(project.app, registry, caches)
      const args = [
        '--config=compat/playwright.config.ts',
        '--project=child',
        '--grep=no dependency reloads anything: server|the production build works',
      ]
      await exec(process.execPath, [playwright, 'test', ...args], { cwd: project.tests })
    })
  }
}

async function checkLeftovers(): Promise<void> {
  assert.equal(await checkoutStatus(), statusBefore, 'the checkout has changed')
  if (!used) return
  assert(!existsSync(used.directory), `${used.directory} is still there`)
  if (used.url) await assert.rejects(fetch(used.url), 'the registry is still running')
}

function checkoutStatus(): Promise<string> {
  return exec('git', ['status', '--porcelain'], { cwd: repository })
}
