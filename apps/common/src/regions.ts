/**
 * Comments the lines of the regions called `name` out or in. Lines that are as they should be are
 * left alone, so a half-done flip is completed.
 *
 * @param file - the name of the file in error messages.
 * @throws {Error} if there is no region of that name or one that does not end.
 */
export function setRegions(source: string, name: string, isOn: boolean, file: string): string {
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
