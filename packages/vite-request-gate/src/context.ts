import type { Connect, DevEnvironment, Logger } from 'vite'
import type { Options } from './options.ts'
import type { Reporter } from './report.ts'
import type { Settlement } from './settlement.ts'
import type { Traffic } from './traffic.ts'

/** What the parts of a gate share. */
export interface Context {
  /** Those that requests wait for. */
  environments: DevEnvironment[]
  client: DevEnvironment
  middlewares: Connect.Server
  logger: Logger
  options: Options
  settlement: Settlement
  traffic: Traffic
  reporter: Reporter
  /** Whether new dependencies of the environment are to be found before a change is delivered. */
  discovers: (environment: DevEnvironment) => boolean
}
