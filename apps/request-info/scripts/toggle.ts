import { reset } from './reset.ts'
import { setSwitch, switchNames } from './switches.ts'
import type { SwitchName } from './switches.ts'

const usage = `Usage: pnpm toggle <name> on|off
       pnpm toggle --reset

Names: ${switchNames.join(', ')}`

/**
 * Does what the arguments say and returns what to tell.
 *
 * @throws {Error} with the usage if the arguments are not of its form.
 */
function run(args: string[]): string {
  const [name, state] = args

  if (name === undefined || name === '--help') return usage
  if (name === '--reset' && args.length === 1) {
    reset()
    return 'Everything is off.'
  }
  if (!isSwitchName(name)) throw new Error(`There is no switch "${name}".\n\n${usage}`)
  if (args.length !== 2 || (state !== 'on' && state !== 'off')) {
    throw new Error(`A switch is "on" or "off", not "${args.slice(1).join(' ')}".\n\n${usage}`)
  }
  return `${name} ${setSwitch(name, state === 'on') ? 'is' : 'was already'} ${state}.`
}

function isSwitchName(name: string): name is SwitchName {
  return (switchNames as string[]).includes(name)
}

try {
  console.log(run(process.argv.slice(2)))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
