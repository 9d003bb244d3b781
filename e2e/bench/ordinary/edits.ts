import { sources } from '@holdfast/app-request-info/sources'
import type { Application } from '../resilience/application.ts'
import { timeUntil } from '../time-until.ts'

export const kinds = ['server', 'client', 'action', 'module', 'entry', 'style'] as const

/**
 * What is edited: a server component, a client component, a server action, a module that a component
 * imports, the worker's own module, which nothing accepts, and a stylesheet.
 */
export type Kind = (typeof kinds)[number]

const SERVER = 'src/load-test/server-part.tsx'

/** Where each is edited, what is replaced, and by what. */
const edits: Record<Kind, (text: string) => [file: string, from: string, to: string]> = {
  server: (text) => addLine(SERVER, text),
  client: (text) => addLine('src/load-test/client-part.tsx', text),
  action: (text) => addLine('src/load-test/actions.ts', text),
  module: (text) => [
    'src/load-test/instances.ts',
    'type Seen',
    `;((globalThis as any)['edited module'] ??= []).push('${text}')\ntype Seen`,
  ],
  entry: (text) => [
    'src/worker.tsx',
    "headers.set('x-state-id'",
    `headers.append('x-edited', '${text}')\n      headers.set('x-state-id'`,
  ],
  style: (text) => ['src/page.css', ':root {', `/* ${text} */\n:root {`],
}

const addLine = (file: string, text: string): [string, string, string] => [
  file,
  '// more lines',
  `lines.push(() => '${text}')\n// more lines`,
]

/** Has the server component show what the module that it imports says of itself. */
export function showModule(): void {
  sources.edit(
    SERVER,
    '// more lines',
    "lines.push(() => String((globalThis as any)['edited module']))\n// more lines",
  )
}

/**
 * Saves an edit and looks until it is served.
 *
 * @returns milliseconds from the save to the first correct answer that shows it, `undefined` if there
 * was none.
 */
export function timeEdit(
  application: Application,
  kind: Kind,
  number: number,
): Promise<number | undefined> {
  const text = `Edit ${number} of ${kind}.`
  return timeUntil(
    () => sources.edit(...edits[kind](text)),
    async () => {
      if (kind === 'style') return (await getStyle(application.url)).includes(text)
      const { fault, body, edited } = await (kind === 'action'
        ? application.callAction()
        : application.getPage())
      return fault === undefined && `${body} ${edited}`.includes(text)
    },
  )
}

async function getStyle(url: string): Promise<string> {
  const response = await fetch(`${url}/src/page.css?direct`, { headers: { accept: 'text/css' } })
  return response.text()
}
