import { setTimeout } from 'node:timers/promises'
import type { Answer } from '../judge/answer.ts'
import { markOf } from '../packages/modules.ts'
import { contentOfPage } from '../project/world.ts'
import type { Session } from '../session.ts'
import { changeWorld } from './change.ts'
import type { Step } from './step.ts'

/** Milliseconds in which a server must have begun to add what was just imported. */
const CRASH_PATIENCE = 3000

/**
 * Does to the files and servers what a step says.
 *
 * @param onChange - called when the project has changed, before any server can know.
 * @returns whether there was anything to do.
 */
export async function perform(
  session: Session,
  step: Step,
  onChange: () => void,
): Promise<boolean> {
  const { world, disk, fleet, memory } = session
  if (!changeWorld(world, step)) return false
  onChange()
  const inPlace = { isReplacing: false, hasNpmTime: false }
  switch (step.kind) {
    case 'add import':
    case 'remove import':
      disk.writePages(world)
      break
    case 'install':
      if (step.isAskedMidway) {
        disk.removePackages(world)
        for (const name of session.environments) {
          for (const page of step.asking.pages) await fleet.ask('main', name, page)
        }
        for (const page of step.asking.pages) memory.failed('main', page)
      }
      disk.writePackages(world, step)
      disk.writeLockfile(world)
      break
    case 'uninstall':
      disk.writePackages(world, inPlace)
      disk.writeLockfile(world)
      break
    case 'link':
    case 'unlink':
    case 'edit':
      disk.writePackages(world, inPlace)
      break
    case 'branch':
      disk.writePages(world)
      disk.writePackages(world, { isReplacing: true, hasNpmTime: true })
      disk.writeLockfile(world)
      break
    case 'touch lockfile':
      if (step.isContentChanged) disk.writeLockfile(world)
      else disk.touchLockfile()
      break
    case 'restart':
      await session.restart(step.server, step.isForced)
      break
    case 'start':
      await fleet.stop(step.server)
      memory.stopped(step.server)
      await session.start(step.server, step.isForced)
      break
    case 'stop':
      await fleet.stop('second')
      memory.stopped('second')
      break
    case 'kill':
      await killAndStart(session, step.server)
      break
    case 'crash':
      await fleet.crashAt('main', step.atWrite)
      disk.writePages(world)
      await untilDeadOrShown(session, step.page)
      await killAndStart(session, 'main')
      break
    case 'delete cache':
      await deleteCache(session, step.isRunning)
      break
  }
  return true
}

async function killAndStart(session: Session, server: 'main' | 'second'): Promise<void> {
  await session.fleet.kill(server)
  session.memory.stopped(server)
  await session.start(server, false)
}

async function deleteCache(session: Session, isRunning: boolean): Promise<void> {
  const { disk, fleet, memory } = session
  if (!isRunning) {
    for (const server of fleet.names) {
      await fleet.stop(server)
      memory.stopped(server)
    }
  }
  disk.deleteCache()
  memory.cacheDeleted()
  if (!isRunning) await session.start('main', false)
}

/** In all environments, as each writes to the cache. */
async function untilDeadOrShown({ world, fleet, environments }: Session, page: string): Promise<void> {
  const mark = markOf(contentOfPage(page, world.pages.get(page)!.revision), '')
  const deadline = Date.now() + CRASH_PATIENCE
  while (Date.now() < deadline && !fleet.hasDied('main')) {
    const answers: Answer[] = []
    for (const name of environments) answers.push(await fleet.ask('main', name, page))
    if (answers.every(({ shown }) => shown?.mark.startsWith(mark))) return
    await setTimeout(50)
  }
}
