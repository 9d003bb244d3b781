import type { ServedModule } from './record.ts'

const OUTPUT = '\0holdfast-output:'
const SERVED = '\0holdfast-served:'
/** So that the module's own extension does not decide how its stand-in is read. */
const SUFFIX = '.js'

/** The id, in a late bundle, of a module that is inside a served output. */
export const servedId = (id: string): string => SERVED + id + SUFFIX

/** Whether a module of a late bundle stands for what is served. */
export const isServedId = (id: string): boolean => id.startsWith(SERVED)

/** The module that a served one stands for, or the id itself. */
export const sourceOf = (id: string): string =>
  isServedId(id) ? id.slice(SERVED.length, -SUFFIX.length) : id

/** The output that {@link codeOfServed} imports. */
export const outputOfImport = (source: string): string | undefined =>
  source.startsWith(OUTPUT) ? source.slice(OUTPUT.length) : undefined

/**
 * A module that has the exports of one that is inside a served output, bindings and all, as an ES
 * module or as CommonJS, whichever that is.
 */
export function codeOfServed({ file, access }: Required<ServedModule>): string {
  const { require, init, exports = {}, reexports = {}, stars = [] } = access
  if (require) {
    return `import { ${require[1]} as evaluate } from ${from(require[0])}\nmodule.exports = evaluate()`
  }
  const lines = [`import ${from(file)}`]
  if (init) lines.push(`import { ${init[1]} as init } from ${from(init[0])}`, 'init()')
  for (const [index, [name, [output, binding, property]]] of Object.entries(exports).entries()) {
    const as = JSON.stringify(name)
    if (property === undefined) lines.push(`export { ${binding} as ${as} } from ${from(output)}`)
    else {
      const [object, value] = [`object${index}`, `value${index}`]
      lines.push(`import { ${binding} as ${object} } from ${from(output)}`)
      lines.push(`const ${value} = ${object}[${JSON.stringify(property)}]`)
      lines.push(`export { ${value} as ${as} }`)
    }
  }
  for (const [name, [specifier, imported]] of Object.entries(reexports)) {
    const [as, source] = [JSON.stringify(name), JSON.stringify(specifier)]
    const what = imported === '*' ? `* as ${as}` : `{ ${JSON.stringify(imported)} as ${as} }`
    lines.push(`export ${what} from ${source}`)
  }
  for (const star of stars) lines.push(`export * from ${JSON.stringify(star)}`)
  return lines.join('\n')
}

const from = (output: string): string => JSON.stringify(OUTPUT + output)
