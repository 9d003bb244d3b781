import { ASK, INSTANCE, markOf } from '../packages/modules.ts'
import { contentOfPage } from './world.ts'
import type { Import, Page } from './world.ts'

/** The source of a page: a function that shows everything it imports. */
export function sourceOfPage(name: string, { imports, revision, isAccepting }: Page): string {
  const mark = markOf(contentOfPage(name, revision), `${name}.js`)
  const parts = imports.map((each, index) => `${JSON.stringify(each.id)}: ${valueOf(each, index)}`)
  return [
    ...imports.flatMap((each, index) => statementOf(each, index)),
    INSTANCE,
    ASK,
    // Of a default import, which is `module.exports` for CommonJS.
    `const showOf = (value) => (typeof value === 'function' ? value : value?.show)`,
    `export default async () => ({ mark: '${mark}', instance, parts: { ${parts.join(', ')} } })`,
    ...(isAccepting ? ['import.meta.hot?.accept()'] : []),
    '',
  ].join('\n')
}

function statementOf({ id, style }: Import, index: number): string[] {
  if (style === 'named') return [`import { show as import${index} } from '${id}'`]
  if (style === 'default') return [`import import${index} from '${id}'`]
  return style === 'namespace' ? [`import * as import${index} from '${id}'`] : []
}

function valueOf({ id, style }: Import, index: number): string {
  if (style === 'dynamic') return `await ask(async () => showOf(await import('${id}'))())`
  return `await ask(showOf(import${index}))`
}

/** What asks for pages: the server's entry, and the client's. */
export function sourceOfEntry(names: Iterable<string>): string {
  const pages = [...names].map((name) => `  ${name}: () => import('./pages/${name}.js'),`)
  return [
    `const pages = {\n${pages.join('\n')}\n}`,
    'export default async (name) => (await pages[name]()).default()\n',
  ].join('\n')
}
