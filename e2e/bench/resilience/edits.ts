import { sources } from '@holdfast/app-request-info/sources'
import { HIDDEN_PREFIX } from './constants.ts'
import type { LateDependency, Target } from './late-dependencies.ts'

const fileOf: Record<Target, string> = {
  server: 'src/load-test/server-part.tsx',
  client: 'src/load-test/client-part.tsx',
  action: 'src/load-test/actions.ts',
}

export interface Edit {
  target: Target
  /** The dependency that is new; without one this is an ordinary edit. */
  dependency: string | undefined
  /** What a page, or an action's result, contains once the edit is served. */
  shows: string
  save: () => void
}

/** Makes the harness's page show the parts that the load test edits. */
export function addParts(): void {
  const parts =
    "import { ClientPart } from './load-test/client-part.tsx'\n" +
    "import { ServerPart } from './load-test/server-part.tsx'\n"
  sources.edit('src/page.tsx', 'import { CallAction }', `${parts}import { CallAction }`)
  const shown = '<CallAction /><ServerPart /><ClientPart path={pathname} />'
  sources.edit('src/page.tsx', '<CallAction />', shown)
}

/** Imports a dependency that is new to the environment and shows what it gives. */
export function addDependency({ id, target, statement, value, result }: LateDependency): Edit {
  return {
    target,
    dependency: id,
    shows: `${id} gives ${result}.`,
    save: () => insert(target, `${statement}\n`, `${id} gives \${${value}}.`),
  }
}

/** The same, but by way of a module in which Vite's start-up scan does not find it. */
export function addHiddenDependency(dependency: LateDependency): Edit {
  const [statement, value] = [`import { value } from '${HIDDEN_PREFIX}${dependency.id}'`, 'value()']
  return addDependency({ ...dependency, statement, value })
}

/** The same edit, in the same module, without a dependency: as fast as a late one could ever be. */
export function addLine(target: Target, number: number): Edit {
  const shows = `Line ${number} gives ${number}.`
  return {
    target,
    dependency: undefined,
    shows,
    save: () => insert(target, '', `Line ${number} gives \${${number}}.`),
  }
}

function insert(target: Target, statements: string, line: string): void {
  // One save, and in one place: imports may stand anywhere.
  sources.edit(
    fileOf[target],
    '// more lines',
    `${statements}lines.push(() => \`${line}\`)\n// more lines`,
  )
}
