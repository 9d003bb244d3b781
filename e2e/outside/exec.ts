import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { interrupted } from './interruption.ts'

export interface ExecOptions {
  cwd: string
  env?: NodeJS.ProcessEnv
  /** Shows what is printed while it runs. */
  isShown?: boolean
}

export interface Ended {
  code: number | null
  stdout: string
  /** Both streams. */
  output: string
}

/** Runs a command to its end, or, when this process is interrupted, to the end of its clean-up. */
export async function tryToExec(
  command: string,
  args: string[],
  { cwd, env, isShown = false }: ExecOptions,
): Promise<Ended> {
  interrupted.throwIfAborted()
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // There `npm` and its like are batch files.
    shell: process.platform === 'win32' && command !== process.execPath,
  })
  // Playwright cleans up on no other signal.
  const stop = () => child.kill('SIGINT')
  interrupted.addEventListener('abort', stop)
  const ended: Ended = { code: null, stdout: '', output: '' }
  const record = (chunk: Buffer) => {
    ended.output += stripVTControlCharacters(chunk.toString())
    if (isShown) process.stdout.write(chunk)
  }
  child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()))
  child.stdout.on('data', record)
  child.stderr.on('data', record)
  try {
    ;[ended.code] = (await once(child, 'close')) as [number | null]
  } finally {
    interrupted.removeEventListener('abort', stop)
  }
  interrupted.throwIfAborted()
  return ended
}

/**
 * Runs a command that has to succeed, and returns its standard output.
 *
 * @throws {Error} with everything that it printed, if it does not.
 */
export async function exec(command: string, args: string[], options: ExecOptions): Promise<string> {
  const { code, stdout, output } = await tryToExec(command, args, options)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`)
  return stdout
}
