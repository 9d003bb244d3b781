import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { incrementalDeps } from '@holdfast/vite-incremental-deps'
import type { IncrementalDepsApi } from '@holdfast/vite-incremental-deps'
import { createRunnableDevEnvironment, createServer } from 'vite'
import type { RunnableDevEnvironment } from 'vite'
import { median } from './statistics.ts'

const PACKAGES = 45
/** Those that come first pay for code that has not run before, which would flatter the last. */
const EARLY = { from: 2, to: 6 }
const LATE = { from: 38, to: 42 }

/**
 * Adds one late dependency after another to a dev server.
 *
 * @returns milliseconds from importing each to having it evaluated.
 * @throws {Error} if one of them is not added but left to Vite.
 */
export async function timeAdditions(): Promise<number[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'additions-'))
  writeProject(root)
  const plugin = incrementalDeps()
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'silent',
    plugins: [plugin],
    server: { host: '127.0.0.1', port: 0, watch: null },
    environments: {
      worker: {
        consumer: 'server',
        resolve: { noExternal: true },
        optimizeDeps: { noDiscovery: false, entries: ['first.js'] },
        dev: { createEnvironment: (name, config) => createRunnableDevEnvironment(name, config) },
      },
    },
  })
  try {
    const { runner } = server.environments['worker'] as RunnableDevEnvironment
    await server.listen()
    await runner.import('/first.js')
    const times: number[] = []
    for (let number = 1; number <= PACKAGES; number++) {
      const start = performance.now()
      await runner.import(`/late${number}.js`)
      times.push(performance.now() - start)
    }
    const { reports } = plugin.api as IncrementalDepsApi
    const fallback = reports.find(({ fellBack }) => fellBack !== undefined)
    if (fallback) throw new Error(`${fallback.added.join()} was not added: ${fallback.fellBack}`)
    if (reports.length < PACKAGES) throw new Error(`Only ${reports.length} packages were added.`)
    return times
  } finally {
    await server.close()
    rmSync(root, { recursive: true })
  }
}

/** What the 40th addition costs, as a multiple of what the first ones do. */
export function growth(times: readonly number[]): number {
  const typical = ({ from, to }: typeof EARLY) => median(times.slice(from - 1, to))!
  return typical(LATE) / typical(EARLY)
}

/** Packages that use one which is there from the start. */
function writeProject(root: string): void {
  const write = (file: string, code: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), code)
  }
  const writePackage = (name: string, code: string) => {
    const manifest = { name, version: '1.0.0', type: 'module', exports: './index.js' }
    write(`node_modules/${name}/package.json`, JSON.stringify(manifest))
    write(`node_modules/${name}/index.js`, code)
    write(`node_modules/${name}/inner.js`, `export const name = '${name}'\n`)
  }
  write('package.json', JSON.stringify({ name: 'additions', type: 'module' }))
  write('first.js', "import { base } from 'base'\nexport default base\n")
  writePackage('base', "export { name as base } from './inner.js'\n")
  for (let number = 1; number <= PACKAGES; number++) {
    writePackage(
      `late${number}`,
      "import { base } from 'base'\nimport { name } from './inner.js'\n" +
        'export default `${name} on ${base}`\n',
    )
    write(`late${number}.js`, `export { default } from 'late${number}'\n`)
  }
}
