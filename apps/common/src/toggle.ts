import type { Sources } from './sources.ts'

/** Does what the command line says with an application's switches, and prints what it did. */
export function toggle<Name extends string>(sources: Sources<Name>): void {
  try {
    console.log(run(sources, process.argv.slice(2)))
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}

/**
 * @returns what to tell.
 * @throws {Error} with the usage if the arguments are not of its form.
 */
function run<Name extends string>(
  { switchNames, setSwitch, reset }: Sources<Name>,
  args: string[],
): string {
  const usage = `Usage: pnpm toggle <name> on|off
       pnpm toggle --reset

Names: ${switchNames.join(', ')}`
  const [given, state] = args

  if (given === undefined || given === '--help') return usage
  if (given === '--reset' && args.length === 1) {
    reset()
    return 'Everything is off.'
  }
  const name = switchNames.find((each) => each === given)
  if (name === undefined) throw new Error(`There is no switch "${given}".\n\n${usage}`)
  if (args.length !== 2 || (state !== 'on' && state !== 'off')) {
    throw new Error(`A switch is "on" or "off", not "${args.slice(1).join(' ')}".\n\n${usage}`)
  }
  return `${name} ${setSwitch(name, state === 'on') ? 'is' : 'was already'} ${state}.`
}
