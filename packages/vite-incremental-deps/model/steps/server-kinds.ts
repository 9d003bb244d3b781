import { setTimeout } from 'node:timers/promises'
import { markOf } from '../packages/modules.ts'
import { contentOfPage, setImports } from '../project/world.ts'
import type { Import } from '../project/world.ts'
import type { ServerName } from '../servers/fleet.ts'
import type { Session } from '../session.ts'
import { chooseImport, choosePage } from './choices.ts'
import { kind } from './kind.ts'
import { describeImport } from './project-kinds.ts'

/** Milliseconds in which a server must have begun to add what was just imported. */
const CRASH_PATIENCE = 3000

/** What is done to servers, and to what they keep. */
export const serverKinds = {
  restart: kind<{
    server: ServerName
    how: 'restart()' | 'stop, start' | 'kill -9, start'
    isForced: boolean
  }>({
    weight: 11,
    choose: (dice, _world, hasSecond) => {
      const how = dice.pick(['restart()', 'stop, start', 'kill -9, start'] as const)
      const server = hasSecond && dice.chance(0.3) ? 'second' : 'main'
      return { server, how, isForced: how !== 'kill -9, start' && dice.chance(0.35) }
    },
    describe: ({ server, how, isForced }) =>
      `${how}${isForced ? ' with force' : ''}: the ${server} server`,
    isPossible: ({ fleet }, { server }) => fleet.has(server),
    async perform(session, { server, how, isForced }) {
      if (how === 'restart()') return session.restart(server, isForced)
      await session.stop(server, how === 'kill -9, start')
      return session.start(server, isForced)
    },
  }),

  'start second': kind<{ isForced: boolean }>({
    weight: 4,
    choose: (dice, _world, hasSecond) => (hasSecond ? undefined : { isForced: dice.chance(0.2) }),
    describe: ({ isForced }) => `start a second server${isForced ? ' with --force' : ''}`,
    isPossible: ({ fleet }) => !fleet.has('second'),
    perform: (session, { isForced }) => session.start('second', isForced),
  }),

  'stop second': kind<object>({
    weight: 3,
    choose: (_dice, _world, hasSecond) => (hasSecond ? {} : undefined),
    describe: () => 'stop the second server',
    isPossible: ({ fleet }) => fleet.has('second'),
    perform: (session) => session.stop('second'),
  }),

  crash: kind<{ page: string; added: Import; atWrite: number }>({
    weight: 4,
    choose(dice, world) {
      const page = choosePage(dice, world)
      return { page, added: chooseImport(dice, world, page), atWrite: 1 + dice.below(8) }
    },
    describe: ({ page, added, atWrite }) =>
      `page ${page} imports ${describeImport(added)}, kill -9 at write ${atWrite} to the cache, start again`,
    change(world, { page, added }) {
      const { imports } = world.pages.get(page)!
      if (imports.some(({ id }) => id === added.id)) return false
      return setImports(world, page, [...imports, added])
    },
    async perform(session, { page, atWrite }) {
      await session.fleet.crashAt('main', atWrite)
      session.disk.writePages(session.world)
      await untilDeadOrShown(session, page)
      await session.stop('main', true)
      await session.start('main', false)
    },
  }),

  'delete cache': kind<{ isRunning: boolean }>({
    weight: 2,
    choose: (dice) => ({ isRunning: dice.chance(0.5) }),
    describe: ({ isRunning }) =>
      isRunning ? 'delete the cache while servers run' : 'stop, delete the cache, start',
    async perform(session, { isRunning }) {
      if (!isRunning) for (const server of session.fleet.names) await session.stop(server)
      session.disk.deleteCache()
      session.memory.cacheDeleted()
      if (!isRunning) await session.start('main', false)
    },
  }),

  'damage cache': kind<{ share: number; isTruncated: boolean }>({
    weight: 3,
    choose: (dice) => ({ share: dice.below(100) / 100, isTruncated: dice.chance(0.5) }),
    describe: ({ share, isTruncated }) =>
      `stop, ${isTruncated ? 'truncate' : 'delete'} a file of the cache (at ${share}), start`,
    async perform(session, { share, isTruncated }) {
      for (const server of session.fleet.names) await session.stop(server)
      session.disk.damageCache(share, isTruncated)
      await session.start('main', false)
    },
  }),
}

/** In all environments, as each writes to the cache. */
async function untilDeadOrShown(session: Session, page: string): Promise<void> {
  const { world, fleet, environments } = session
  const mark = markOf(contentOfPage(page, world.pages.get(page)!.revision), '')
  const deadline = Date.now() + CRASH_PATIENCE
  while (Date.now() < deadline && !fleet.hasDied('main')) {
    const answers = []
    for (const name of environments) answers.push(await fleet.ask('main', name, page))
    if (answers.every(({ shown }) => shown?.mark.startsWith(mark))) return
    await setTimeout(50)
  }
}
