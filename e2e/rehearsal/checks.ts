import assert from 'node:assert/strict'
import { checkPackage } from '@arethetypeswrong/core'
import type { Package } from '@arethetypeswrong/core'
import type { Manifest } from '../outside/packages.ts'

/** Checks that what was published holds what was built, and nothing else. */
export function checkFiles(published: Package): void {
  const root = `/node_modules/${published.packageName}/`
  const files = published.listFiles().map((file) => file.slice(root.length))
  const others = files.filter((file) => !file.startsWith('dist/'))
  assert.deepEqual(others.toSorted(), ['LICENSE', 'README.md', 'package.json'])
  for (const ending of ['.mjs', '.d.mts']) {
    assert(
      files.some((file) => file.endsWith(ending)),
      `${published.packageName} has no ${ending}`,
    )
  }
}

/** CommonJS cannot import these packages, as TypeScript says itself, and `node10` knows no `exports`. */
function isElsewhere(problem: object): boolean {
  if (!('resolutionKind' in problem)) return false
  return problem.resolutionKind === 'node10' || problem.resolutionKind === 'node16-cjs'
}

/** Checks the types as TypeScript finds them with `node16` and with `bundler`. */
export async function checkTypes(published: Package): Promise<void> {
  const result = await checkPackage(published)
  assert(result.types, `${published.packageName} has no types.`)
  assert.deepEqual(
    result.problems.filter((problem) => !isElsewhere(problem)),
    [],
  )
}

/** What a project that installs a package gets another version of when `name` changes. */
export function dependentsOf(name: string, packages: Map<string, Manifest>): string[] {
  const found = new Set<string>([name])
  // A set that grows meanwhile is walked to its end.
  for (const each of found) {
    for (const [dependent, { dependencies, peerDependencies }] of packages) {
      if (each in { ...dependencies, ...peerDependencies }) found.add(dependent)
    }
  }
  return [...found].toSorted()
}
