import { PACKAGE_NAME } from './constants.ts'

/** Tells what `optimizeDeps.include` is to have, by what was found late. */
export class Suggestion {
  /** The ids, by environment. */
  readonly #found = new Map<string, Set<string>>()

  add(environment: string, id: string): void {
    this.#found.set(environment, (this.#found.get(environment) ?? new Set()).add(id))
  }

  /** What to say in the terminal; `undefined` if there is nothing to include. */
  describe(): string | undefined {
    const lines = this.lines()
    if (lines === undefined) return undefined
    const count = [...this.#found.values()].reduce((sum, ids) => sum + ids.size, 0)
    return [
      `[${PACKAGE_NAME}] ${count} ${count === 1 ? 'dependency was' : 'dependencies were'} found ` +
        'late; to have them optimized from the start, for everyone, add to the Vite config:',
      '',
      lines,
      '',
    ].join('\n')
  }

  /** Lines to paste into the config; `undefined` if there is nothing to include. */
  lines(): string | undefined {
    if (this.#found.size === 0) return undefined
    const found = [...this.#found].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const ofClient = found.find(([name]) => name === 'client')
    const others = found.filter((one) => one !== ofClient)
    return [
      // The top level's is the client's alone.
      ...(ofClient ? [`  ${include(ofClient[1])},`] : []),
      ...(others.length > 0
        ? [
            '  environments: {',
            ...others.map(([name, ids]) => `    ${key(name)}: { ${include(ids)} },`),
            '  },',
          ]
        : []),
    ].join('\n')
  }
}

function include(ids: Set<string>): string {
  return `optimizeDeps: { include: [${[...ids].toSorted().map(quote).join(', ')}] }`
}

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name))

const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`
