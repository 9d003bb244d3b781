import { PACKAGE_NAME } from './constants.ts'

/** Tells what `optimizeDeps.include` is to have, by what was found late. */
export class Suggestion {
  /** The ids, by environment. */
  readonly #found = new Map<string, Set<string>>()

  add(environment: string, id: string): void {
    this.#found.set(environment, (this.#found.get(environment) ?? new Set()).add(id))
  }

  /** Lines to paste into the config; `undefined` if there is nothing to include. */
  describe(): string | undefined {
    if (this.#found.size === 0) return undefined
    const found = [...this.#found].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const ofClient = found.find(([name]) => name === 'client')
    const others = found.filter((one) => one !== ofClient)
    const count = found.reduce((sum, [, ids]) => sum + ids.size, 0)
    return [
      `[${PACKAGE_NAME}] ${count} ${count === 1 ? 'dependency was' : 'dependencies were'} found ` +
        'late; to have them optimized from the start, for everyone, add to the Vite config:',
      '',
      // The top level's is the client's alone.
      ...(ofClient ? [`  ${include(ofClient[1])},`] : []),
      ...(others.length > 0
        ? [
            '  environments: {',
            ...others.map(([name, ids]) => `    ${key(name)}: { ${include(ids)} },`),
            '  },',
          ]
        : []),
      '',
    ].join('\n')
  }
}

function include(ids: Set<string>): string {
  return `optimizeDeps: { include: [${[...ids].toSorted().map(quote).join(', ')}] }`
}

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name))

const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`
