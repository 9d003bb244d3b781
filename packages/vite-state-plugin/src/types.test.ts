import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createProject, type Layout } from './project.ts'

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

/** Compiles, and returns the errors with their positions. */
async function check(files: Record<string, string>, layout?: Layout): Promise<string[]> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'preserve',
    types: [],
  }
  await using project = await createProject(
    {
      ...files,
      'tsconfig.json': JSON.stringify({ compilerOptions }),
    },
    undefined,
    layout,
  )
  const run = promisify(execFile)(process.execPath, [tsc, '-p', project.root])
  const output = await run.then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
  return output.split('\n').flatMap((line) => {
    const match = /^(?:.*[\\/])?(\w+\.ts\(\d+),.*error (TS\d+)/.exec(line)
    return match ? [`${path.basename(match[1]!)}) ${match[2]}`] : []
  })
}

const use = `
import { defineRwState, getRwState, type RwState } from 'rwsdk/__state'
const visits = defineRwState('visits', () => new Set<string>())
const found: Set<string> | undefined = getRwState('visits')
const wrong: number = getRwState('visits')
export const key: keyof RwState = 'visits'
export { visits, found, wrong }
`

test('one reference types the specifier, and keys can be declared in it', async () => {
  const errors = await check({
    'env.d.ts': `/// <reference types="@holdfast/vite-state-plugin/types" />`,
    'keys.ts': `
      import 'rwsdk/__state'
      declare module 'rwsdk/__state' { interface RwState { visits: Set<string> } }`,
    'use.ts': use,
  })
  expect(errors).toEqual(['use.ts(5) TS2322'])
})

// TypeScript loses one of the two where the specifier only re-exports, depending on the order.
test.for([
  ['first', 'second'],
  ['second', 'first'],
])('keys declared in the runtime are keys of the specifier too: %s, %s', async ([one, two]) => {
  const errors = await check(
    {
      'env.d.ts': `/// <reference types="@holdfast/vite-state-plugin/types" />`,
      [`${one}.ts`]: `
        import '@holdfast/state-runtime'
        declare module '@holdfast/state-runtime' { interface RwState { routes: Map<string, 1> } }`,
      [`${two}.ts`]: `
        import 'rwsdk/__state'
        declare module 'rwsdk/__state' { interface RwState { visits: Set<string> } }`,
      'use.ts': `${use}
        import { setRwState } from 'rwsdk/__state'
        import * as runtime from '@holdfast/state-runtime'
        export const keys: (keyof RwState)[] = ['routes', 'visits']
        setRwState('routes', new Map<string, 1>())
        setRwState('routes', 'wrong')
        setRwState('visits', 'wrong')
        runtime.setRwState('routes', 'wrong')`,
    },
    'flat',
  )
  expect(errors).toEqual([
    'use.ts(5) TS2322',
    'use.ts(13) TS2769',
    'use.ts(14) TS2769',
    'use.ts(15) TS2769',
  ])
})

test('without the reference there is no such module', async () => {
  expect(await check({ 'use.ts': use })).toContain('use.ts(2) TS2307')
})
