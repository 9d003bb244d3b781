import type { Import } from '../project/world.ts'
import type { Writing } from '../project/files.ts'

export type ServerName = 'main' | 'second'

/** What people do while a dev server runs. Data only, so that any part of a sequence can be run. */
export type Step = { asking: Asking } & Action

/** What is asked for afterwards, and of whom first. */
export interface Asking {
  pages: string[]
  first: ServerName
  /** Whether all servers and pages are asked at once rather than one after another. */
  isAtOnce: boolean
}

export type Action =
  | { kind: 'add import'; page: string; added: Import }
  | { kind: 'remove import'; page: string; id: string }
  | ({
      kind: 'install'
      versions: Record<string, string>
      /** Whether pages are asked for while the former packages are gone already. */
      isAskedMidway: boolean
    } & Writing)
  | { kind: 'uninstall'; name: string }
  | { kind: 'link'; name: string }
  | { kind: 'unlink'; name: string }
  /** In place, without a change of the lockfile. */
  | { kind: 'edit'; name: string }
  /** `server.restart()`, as Vite does when its config changes. */
  | { kind: 'restart'; server: ServerName; isForced: boolean }
  /** A new process, after the one before has closed. */
  | { kind: 'start'; server: ServerName; isForced: boolean }
  | { kind: 'stop' }
  | { kind: 'kill'; server: ServerName }
  /** Killed at some write to the cache while a dependency is being added. */
  | { kind: 'crash'; page: string; added: Import; atWrite: number }
  | { kind: 'delete cache'; isRunning: boolean }
  | { kind: 'touch lockfile'; isContentChanged: boolean }
  /** Many things at once. */
  | {
      kind: 'branch'
      pages: Record<string, Import[]>
      versions: Record<string, string | undefined>
    }

/** A line for people. */
export function describeStep(step: Step): string {
  return `${describeAction(step)}${describeAsking(step.asking)}`
}

function describeAction(step: Action): string {
  switch (step.kind) {
    case 'add import':
      return `page ${step.page} imports ${describeImport(step.added)}`
    case 'remove import':
      return `page ${step.page} no longer imports ${step.id}`
    case 'install': {
      const versions = describeVersions(step.versions)
      const how = step.isReplacing ? 'replacing' : 'overwriting'
      const time = step.hasNpmTime ? "npm's mtime" : 'mtime of now'
      const midway = step.isAskedMidway ? ', pages asked for midway' : ''
      return `install ${versions} (${how}, ${time}, lockfile changed${midway})`
    }
    case 'uninstall':
    case 'link':
    case 'unlink':
      return `${step.kind} ${step.name}`
    case 'edit':
      return `edit ${step.name} in place`
    case 'restart':
      return `restart() ${step.isForced ? 'with force ' : ''}of the ${step.server} server`
    case 'start':
      return `start the ${step.server} server anew${step.isForced ? ' with --force' : ''}`
    case 'stop':
      return 'stop the second server'
    case 'kill':
      return `kill -9 the ${step.server} server, start it again`
    case 'crash':
      return `page ${step.page} imports ${describeImport(step.added)}, kill -9 at write ${step.atWrite} to the cache, start again`
    case 'delete cache':
      return step.isRunning ? 'delete the cache while the server runs' : 'stop, delete the cache, start'
    case 'touch lockfile':
      return step.isContentChanged ? 'change the lockfile alone' : 'touch the lockfile'
    case 'branch': {
      const pages = Object.entries(step.pages).map(
        ([name, imports]) => `${name}: ${imports.map(describeImport).join(', ')}`,
      )
      return `change the branch to pages { ${pages.join('; ')} } with ${describeVersions(step.versions)}`
    }
  }
}

const describeImport = ({ id, style }: Import): string => `${id} (${style})`

const describeVersions = (versions: Record<string, string | undefined>): string =>
  Object.entries(versions)
    .map(([name, version]) => (version === undefined ? `no ${name}` : `${name}@${version}`))
    .join(' ') || 'the same packages'

function describeAsking({ pages, first, isAtOnce }: Asking): string {
  const who = first === 'second' ? ', second server first' : ''
  return `  → ask for ${pages.join(', ')}${isAtOnce ? ' at once' : ''}${who}`
}
