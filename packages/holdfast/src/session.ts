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

/** A restart makes a new config, and new plugins, of the same inline config. */
const sessions = new WeakMap<InlineConfig, Session>()

export function sessionOf({ inlineConfig }: ResolvedConfig): Session {
  let session = sessions.get(inlineConfig)
  if (!session) sessions.set(inlineConfig, (session = new Session()))
  return session
}

/**
 * Has restarts find the session, which begin with the inline config that a server has in the end: the
 * Cloudflare plugin replaces it by a copy (`getDevContainerCleanup`).
 */
export function keepSession(session: Session, { inlineConfig }: ResolvedConfig): void {
  sessions.set(inlineConfig, session)
}

/** The timeline of the dev server with this config. Restarts keep it. */
export function timelineOf(config: ResolvedConfig): Timeline {
  return sessionOf(config).timeline
}
