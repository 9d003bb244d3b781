import { PACKAGE_NAME } from './constants.ts'

export interface EvaluateOnceOptions {
  /**
   * Packages that are evaluated anew at each reload, and with them whatever imports them, as without
   * this plugin.
   * @default []
   */
  exclude?: string[]
}

const names = ['exclude']

/** @throws {Error} on an option that does not exist, and on an `exclude` that is no list of packages. */
export function checkOptions(options: EvaluateOnceOptions): void {
  const unknown = Object.keys(options).filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new Error(
      `[${PACKAGE_NAME}] there is no option ${unknown.map((name) => `"${name}"`).join(', ')}; ` +
        `there is ${names.join(', ')}`,
    )
  }
  const { exclude = [] } = options
  if (!Array.isArray(exclude) || !exclude.every(isPackageName)) {
    throw new Error(
      `[${PACKAGE_NAME}] \`exclude\` is ${JSON.stringify(exclude)}; ` +
        `write a list of packages' names, as in ['mongoose', '@scope/name']`,
    )
  }
}

const isPackageName = (name: unknown): boolean =>
  typeof name === 'string' && packageOf(name) === name

/** The package that an import's specifier or a dependency's id (`a > b`) names. */
export function packageOf(specifier: string): string | undefined {
  const [, name] = /^((?:@[^/\s]+\/)?[^@./\s][^/\s]*)(?:\/|$)/.exec(lastOf(specifier)) ?? []
  return name
}

const lastOf = (id: string): string => id.slice(id.lastIndexOf('>') + 1).trim()
