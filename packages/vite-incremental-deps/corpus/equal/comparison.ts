import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Workspace } from '../workspace.ts'
import { areOfOrder, differences } from './differences.ts'
import type { Comparison } from './differences.ts'
import { writeCase } from './case-project.ts'
import type { Observation } from './observation.ts'
import type { SideOptions } from './side.ts'
import type { Unit } from './units.ts'

export interface ComparisonOptions extends Pick<
  SideOptions,
  'environments' | 'chromium' | 'isMarked'
> {
  workspace: Workspace
  /** The file of the plugin. Without it both sides are plain Vite: the control. */
  plugin?: string
}

/** By environment. */
type Observations = Record<string, Observation>

/** Compares dependencies that are added late with plain Vite, which has them from the start. */
export async function compare(unit: Unit, options: ComparisonOptions): Promise<Comparison> {
  const { workspace, plugin, ...rest } = options
  const own = unit.case ? writeCase(workspace, unit.case) : workspace
  const side = (name: string, more: Partial<SideOptions>) =>
    observeSide({
      ...rest,
      unit: unit.name,
      root: own.root,
      cacheDir: own.cacheDirectory(name),
      ...more,
    })
  const plain = await side('plain', {})
  const late = await side('late', plugin === undefined ? {} : { plugin })
  const compareAll = (strict?: Observations) => {
    const found: Comparison = {}
    for (const environment of options.environments) {
      const [expected, actual] = [plain[environment]!, late[environment]!]
      if (expected.fellBack.length > 0) throw new Error(`plain Vite: ${expected.fellBack.join()}`)
      found[environment] = differences(expected, actual, strict?.[environment])
    }
    return found
  }
  const found = compareAll()
  if (!Object.values(found).some(areOfOrder)) return found
  return compareAll(await side('strict', { isStrict: true }))
}

/** Milliseconds after which a side is given up. */
const LIMIT = 180_000

async function observeSide(options: SideOptions): Promise<Observations> {
  const side = path.join(import.meta.dirname, 'side.ts')
  const child = fork(side, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: LIMIT,
  })
  let output = ''
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()))
  let observation: Observations | undefined
  child.on('message', (message) => {
    observation = message as Observations
    // Timers of packages would keep the process alive.
    child.kill()
  })
  await once(child, 'exit')
  if (!observation) {
    const reason = output.slice(-2000) || `no answer within ${LIMIT / 1000} s`
    throw new Error(`${options.unit} could not be observed: ${reason}`)
  }
  return observation
}
