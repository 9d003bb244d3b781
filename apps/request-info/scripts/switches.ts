import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { save } from './save.ts'

/** Each switch is the regions of its name in one file, so that flipping it is one save. */
const fileOfSwitch = {
  'server-component': 'src/page.tsx',
  'client-component': 'src/page.tsx',
  'server-action': 'src/actions.ts',
  'plain-module': 'src/worker.tsx',
} as const

export type SwitchName = keyof typeof fileOfSwitch

export const switchNames = Object.keys(fileOfSwitch) as SwitchName[]

/**
 * Comments a switch's lines out or in, saves the file if that changed it, and returns whether it
 * did. Lines that are as they should be are left alone, so a half-done flip is completed.
 *
 * @throws {Error} if the file has no region of that name or one that does not end.
 */
export function setSwitch(name: SwitchName, isOn: boolean): boolean {
  const file = fileURLToPath(new URL(`../${fileOfSwitch[name]}`, import.meta.url))
  const source = readFileSync(file, 'utf8')
  const flipped = setRegions(source, name, isOn, fileOfSwitch[name])
  if (flipped === source) return false
  save(file, flipped)
  return true
}

function setRegions(source: string, name: string, isOn: boolean, file: string): string {
  let flippable = 0
  let isInside = false

  const lines = source.split('\n').map((line) => {
    const region = /#region (\S+)/.exec(line)?.[1]
    if (region !== undefined && isInside) throw unfinished(name, file)
    if (region === name) {
      isInside = true
      return line
    }
    if (line.includes('#endregion')) isInside = false
    if (!isInside) return line
    flippable++
    return setLine(line, isOn)
  })

  if (isInside) throw unfinished(name, file)
  if (flippable === 0) {
    throw new Error(`${file} has no lines in a "#region ${name}": restore the file from git.`)
  }
  return lines.join('\n')
}

function setLine(line: string, isOn: boolean): string {
  const [, indent = '', code = '', end = ''] = /^(\s*)(.*?)(\s*)$/.exec(line) ?? []
  const commented = /^\/\/ (.*)$/.exec(code) ?? /^\{\/\* (.*) \*\/\}$/.exec(code)
  if (isOn) return commented ? indent + commented[1] + end : line
  if (commented || code === '') return line
  return indent + (code.startsWith('<') ? `{/* ${code} */}` : `// ${code}`) + end
}

function unfinished(name: string, file: string): Error {
  return new Error(`"#region ${name}" in ${file} has no "#endregion": restore the file from git.`)
}
