import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const own = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

test('the specifier has types where this package alone is installed', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'holdfast-types-'))
  try {
    await mkdir(path.join(root, 'node_modules'))
    // As pnpm installs it: what it depends on is beside it there, and not here.
    await symlink(own, path.join(root, 'node_modules/holdfast'), 'junction')
    const files = {
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify({
        compilerOptions: { strict: true, noEmit: true, module: 'nodenext', types: [] },
      }),
      'env.d.ts': '/// <reference types="holdfast/types" />',
      'use.ts': `
        import { defineRwState } from 'rwsdk/__state'
        export const sessions: Map<string, number> =
          defineRwState('sessions', () => new Map<string, number>())`,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(root, name), text)
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', root])
    expect(stdout).toBe('')
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
