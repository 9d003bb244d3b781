/** Source modules of an app that observe dependencies with `project/observe.js`. */

const quote = (id: string): string => JSON.stringify(id)

/** @param hasDefault - browsers refuse to import a default that does not exist. */
export function sourceOfStep(id: string, hasDefault: boolean): string {
  return (
    `import { observe } from '/observe.js'\n` +
    `import * as all from ${quote(id)}\n` +
    (hasDefault ? `import standard from ${quote(id)}\n` : '') +
    `const rest = ${hasDefault ? '{ default: standard }' : '{}'}\n` +
    `export default () => observe(all, () => import(${quote(id)}), rest)\n`
  )
}

/** @param ids - the dependencies, and whether each has a default export. */
export function sourceOfIdentities(ids: ReadonlyMap<string, boolean>): string {
  const imports: string[] = []
  const modules: string[] = []
  for (const [index, [id, hasDefault]] of [...ids].entries()) {
    imports.push(`import * as all${index} from ${quote(id)}`)
    if (hasDefault) imports.push(`import standard${index} from ${quote(id)}`)
    const standard = hasDefault ? `, standard: standard${index}` : ''
    modules.push(`${quote(id)}: { all: all${index}${standard} }`)
  }
  return (
    `import { identities } from '/observe.js'\n${imports.join('\n')}\n` +
    `export default () => identities({ ${modules.join(', ')} })\n`
  )
}

/** A module that only imports dependencies. */
export const sourceOfEarly = (ids: string[]): string =>
  [`import './evaluations.js'`, ...ids.map((id) => `import ${quote(id)}`)].join('\n') +
  '\nexport default () => undefined\n'

/** The file of the module that imports a dependency. */
export const fileOf = (id: string, suffix = ''): string =>
  `late/${id.replaceAll(/\W/g, '_')}${suffix}.js`
