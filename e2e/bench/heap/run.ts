/**
 * What a long session leaves in the memory of Vite and of workerd: `pnpm bench:heap [edits] [modes]`.
 * Two of five edits import a dependency that is new.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { sources } from '@holdfast/app-request-info/sources'
import { freePort } from '../../free-port.ts'
import { appRoot, run } from '../../server.ts'
import { readCount } from '../read-count.ts'
import { installLatePackage, late, valueOf } from '../redwood/late-package.ts'
import { Application } from '../resilience/application.ts'
import { onHarness } from '../resilience/on-harness.ts'
import { printTable } from '../resilience/print-table.ts'
import { timeUntil } from '../time-until.ts'
import { measureMemory } from './memory.ts'
import type { Memory } from './memory.ts'

const EDITS = readCount(700)
const EVERY = 50
const [modes = 'on,off'] = process.argv.slice(3)

interface Look extends Memory {
  edits: number
  additions: number
}

const file = 'src/load-test/server-part.tsx'

async function measure(mode: string): Promise<Look[]> {
  await rm(path.join(appRoot, 'node_modules/.vite'), { recursive: true, force: true })
  using _ = installLatePackage(appRoot, EDITS)
  const config = path.join(import.meta.dirname, 'vite.config.ts')
  const env = { HOLDFAST: mode, PORT: String(await freePort()), NODE_OPTIONS: '--expose-gc' }
  await using server = run('vite', ['--config', config, '--configLoader', 'native'], env)
  const url = await server.url()
  const application = new Application(url, url)
  await application.firstPage()

  const looks: Look[] = []
  let additions = 0
  for (let number = 0; number < EDITS; number++) {
    const isAddition = number % 5 < 2
    const text = isAddition ? valueOf(number) : `Edit ${number}.`
    const statement = isAddition ? `import { value as late${number} } from '${late(number)}'\n` : ''
    if (isAddition) additions++
    const line = isAddition ? `lines[0] = () => late${number}` : `lines[0] = () => '${text}'`
    const time = await timeUntil(
      () => sources.edit(file, '// more lines', `${statement}${line}\n// more lines`),
      async () => {
        const { fault, body } = await application.getPage()
        return fault === undefined && body.includes(text)
      },
    )
    if (time === undefined) throw new Error(`${text} was never served.\n${server.output}`)
    if ((number + 1) % EVERY > 0) continue
    const memory = await measureMemory(url)
    looks.push({ edits: number + 1, additions, ...memory })
    console.log(mode, number + 1, inMegabytes(memory.vite), inMegabytes(memory.workerd))
  }
  return looks
}

const inMegabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10

for (const mode of modes.split(',')) {
  const looks = await onHarness(() => measure(mode))
  const [first, last] = [looks[0]!, looks.at(-1)!]
  const slope = (of: keyof Memory): string =>
    ((last[of] - first[of]) / 1e3 / (last.edits - first.edits)).toFixed(1)
  printTable(
    `HOLDFAST=${mode}: megabytes; from the first look on ${slope('vite')} kB an edit in Vite, ` +
      `${slope('workerd')} kB in workerd`,
    looks.map(({ edits, additions, vite, workerd }) => ({
      edits,
      'of them additions': additions,
      "Vite's heap": inMegabytes(vite),
      workerd: inMegabytes(workerd),
    })),
  )
}
