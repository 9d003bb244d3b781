import { rm } from 'node:fs/promises'
import path from 'node:path'
import { sources } from '@holdfast/app-redwood/sources'
import { freePort } from '../../free-port.ts'
import { run } from '../../server.ts'
import { timeUntil } from '../time-until.ts'
import { addLines, importLate, kinds, shownBy } from './edits.ts'
import type { Kind } from './edits.ts'
import { isServed } from './requests.ts'

export type Mode = 'off' | 'on'

export interface Session {
  /** Milliseconds from each save to the first correct answer. */
  times: Record<Kind, number[]>
  /** Edits of which nothing was to be seen. */
  unseen: number
  /** How often Vite re-optimized with a reload, in any environment. */
  reloads: number
}

/** What an application says that has not been edited yet. */
const UNEDITED: Record<Kind, string> = {
  'server component': 'Server component:',
  'client component': 'Client component on',
  'server action': 'Call 1 was',
}

/**
 * Starts a dev server from a cold cache and adds late dependencies, of each kind in turn. The first
 * of each kind is not measured, as nothing of it is warm.
 *
 * @param numbers - of the late dependencies, all of which are installed.
 */
export async function runSession(mode: Mode, numbers: readonly number[]): Promise<Session> {
  const session: Session = {
    times: { 'server component': [], 'client component': [], 'server action': [] },
    unseen: 0,
    reloads: 0,
  }
  await rm(path.join(sources.root, 'node_modules/.vite'), { recursive: true, force: true })
  sources.reset()
  try {
    addLines()
    const env = { HOLDFAST: mode, PORT: String(await freePort()) }
    await using server = run('vite', [], env, sources.root)
    const url = await server.url()
    for (const kind of kinds) await expectServed(url, kind, UNEDITED[kind])

    for (const [index, number] of numbers.entries()) {
      const kind = kinds[index % kinds.length]!
      const save = () => importLate(kind, number)
      const time = await timeUntil(save, () => isServed(url, kind, shownBy(number)))
      if (time === undefined) session.unseen++
      if (index >= kinds.length && time !== undefined) session.times[kind].push(time)
      // What is left of a reload is not measured with the next edit.
      for (const each of kinds) await expectServed(url, each, UNEDITED[each])
    }
    if (process.env['SHOW']) console.log(server.output)
    session.reloads =
      server.output.match(/optimized dependencies changed\. reloading/g)?.length ?? 0
    return session
  } finally {
    sources.reset()
  }
}

async function expectServed(url: string, kind: Kind, text: string): Promise<void> {
  const time = await timeUntil(
    () => {},
    () => isServed(url, kind, text),
  )
  if (time === undefined) throw new Error(`The ${kind} is not served any more.`)
}
