import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { dist } from './test-helper.ts'

const tsc = join(import.meta.dirname, '../node_modules/typescript/bin/tsc')

const user = `
import { getRwState, setRwState } from '@holdfast/state-runtime'

declare module '@holdfast/state-runtime' {
  interface RwState {
    declared: number
  }
}

getRwState('declared')?.toFixed()
// @ts-expect-error
setRwState('declared', 'no number')
setRwState('other', 'anything')
`

// types.test-d.ts has the rest. Only here is the interface one that a bundler moved and exports
// under an alias.
test('a user of the built package can declare keys', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'state-runtime-'))
  const config = {
    compilerOptions: {
      module: 'preserve',
      strict: true,
      noEmit: true,
      types: [],
      paths: { '@holdfast/state-runtime': [dist.replace(/\.mjs$/, '.d.mts')] },
    },
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  await writeFile(join(folder, 'user.ts'), user)
  const run = promisify(execFile)(process.execPath, [tsc, '-p', folder])
  await expect(run).resolves.toEqual({ stdout: '', stderr: '' })
  await rm(folder, { recursive: true })
})
