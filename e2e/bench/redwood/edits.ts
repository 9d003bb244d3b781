import { sources } from '@holdfast/app-redwood/sources'
import { FIRST, late, valueOf } from './late-package.ts'

export const kinds = ['server component', 'client component', 'server action'] as const

export type Kind = (typeof kinds)[number]

const MARKER = '// more lines'

const fileOf: Record<Kind, string> = {
  'server component': 'src/app/components/server-component.tsx',
  'client component': 'src/app/components/client-component.tsx',
  'server action': 'src/app/actions.ts',
}

/** Where each file shows its lines: what is replaced, and by what. */
const showing: Record<Kind, [string, string]> = {
  'server component': ['Server component:', '{lines.join()} Server component:'],
  'client component': ['Client component on', '{lines.join()} Client component on'],
  'server action': ['return `Call ${count}', 'return `${lines.join()} Call ${count}'],
}

/** Has the page show both components, and each file a list of lines, which begins with a dependency. */
export function addLines(): void {
  for (const name of ['server-component', 'client-component'] as const) {
    sources.setPart(name, 1, true)
  }
  for (const kind of kinds) {
    const file = fileOf[kind]
    const lines = `import { first } from '${FIRST}'\nconst lines: unknown[] = [first]\n${MARKER}\n`
    sources.edit(file, 'export ', `${lines}export `)
    sources.edit(file, ...showing[kind])
  }
}

/** In one save: imports may stand anywhere. */
export function importLate(kind: Kind, number: number): void {
  const statement = `import { value as late${number} } from '${late(number)}'`
  sources.edit(fileOf[kind], MARKER, `${statement}\nlines.push(late${number})\n${MARKER}`)
}

/** What the page, or the action's result, contains once {@link importLate} is served. */
export const shownBy = (number: number): string => valueOf(number)
