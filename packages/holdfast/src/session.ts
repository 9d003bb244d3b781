import type { InlineConfig, Logger, ResolvedConfig, ViteDevServer } from 'vite'
import { onProcessEnd } from './process-end.ts'
import { Suggestion } from './suggestion.ts'
import { Timeline } from './timeline.ts'

/** What a dev server and those that it is restarted as have in common. */
export class Session {
  readonly timeline: Timeline = new Timeline()
  readonly #suggestion = new Suggestion()
  #inCharge: ViteDevServer['environments'] | undefined
  #stop: (() => void) | undefined

  /** Takes in what was found late, to be said when the session ends. */
  suggest(environment: string, id: string, logger: Logger): void {
    this.#suggestion.add(environment, id)
    this.#stop ??= onProcessEnd(() => this.#end(logger))
  }

  /** Lines for the config, by what was found late so far. */
  get advice(): string | undefined {
    return this.#suggestion.lines()
  }

  /** A restart that fails leaves the former server in charge. */
  inCharge(environments: ViteDevServer['environments']): void {
    this.#inCharge = environments
  }

  /** To be called when a server closes, as each does that is restarted as another. */
  closed(environments: ViteDevServer['environments'], logger: Logger): void {
    if (this.#inCharge === environments) this.#end(logger)
  }

  #end(logger: Logger): void {
    this.#inCharge = undefined
    this.#stop?.()
    const suggestion = this.#suggestion.describe()
    if (suggestion !== undefined) logger.info(suggestion)
  }
}

/** Where the session of a server is found by those that it is restarted as. */
const SESSION = Symbol.for('holdfast:session')

const sessions = new WeakMap<ResolvedConfig, Session>()

/**
 * The session of the dev server with this config.
 *
 * A restart makes a new config, and new plugins, of the inline config of the server before. That may
 * be a copy, as the Cloudflare plugin makes one (`getDevContainerCleanup`) and Vite does for
 * `server.restart(true)`: hence a property, which copies have, too. And it may be replaced while the
 * server runs: hence the config, which stays.
 */
export function sessionOf(config: ResolvedConfig): Session {
  let session = sessions.get(config)
  if (!session) {
    session = inherited(config.inlineConfig) ?? new Session()
    sessions.set(config, session)
    bequeath(session, config)
  }
  return session
}

/** Has restarts find the session, which begin with the inline config that a server has in the end. */
export function bequeath(session: Session, { inlineConfig }: ResolvedConfig): void {
  if (inherited(inlineConfig) === session) return
  // A frozen one can be neither marked nor, for that, restarted with a difference.
  Reflect.set(inlineConfig, SESSION, session)
}

const inherited = (inlineConfig: InlineConfig): Session | undefined =>
  (inlineConfig as { [SESSION]?: Session })[SESSION]

/** The timeline of the dev server with this config. Restarts keep it. */
export function timelineOf(config: ResolvedConfig): Timeline {
  return sessionOf(config).timeline
}
