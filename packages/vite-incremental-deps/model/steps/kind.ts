import type { Dice } from '../dice.ts'
import type { World } from '../project/world.ts'
import type { ServerName } from '../servers/fleet.ts'
import type { Session } from '../session.ts'

/** What is asked for after a step, and of whom first. */
export interface Asking {
  pages: string[]
  first: ServerName
  /** Whether all servers and pages are asked at once rather than one after another. */
  isAtOnce: boolean
}

/**
 * Something that people do while a dev server runs.
 *
 * @typeParam D - how it is done: plain data, so that any part of a sequence can be run.
 */
export interface Kind<D> {
  weight: number
  /** How it may be done next, if it can be. */
  choose: (dice: Dice, world: World, hasSecond: boolean) => D | undefined
  describe: (data: D) => string
  /** Changes the project, but not its files. Returns whether there was anything to do. */
  change?: (world: World, data: D) => boolean
  /** Whether there is anything to do, which may not be so when steps before it are left out. */
  isPossible?: (session: Session, data: D) => boolean
  /** Does it to files and servers. */
  perform: (session: Session, data: D, asking: Asking) => Promise<void> | void
}

/** Lets the type of the data be inferred. */
export const kind = <D>(one: Kind<D>): Kind<D> => one
