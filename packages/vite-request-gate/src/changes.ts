import path from 'node:path'
import type { DevEnvironment, HotUpdateOptions, ResolvedConfig } from 'vite'
import { bounded } from './bounded.ts'
import { PACKAGE_NAME } from './constants.ts'
import { Crawl } from './crawl.ts'
import type { Options } from './options.ts'
import type { Reporter } from './report.ts'
import type { Settlement } from './settlement.ts'
import type { Traffic } from './traffic.ts'

/**
 * Looks through what a change brings, before anyone is told of it: requests that are being served
 * finish, new dependencies are found and optimized, and only then Vite's HMR goes on.
 */
export class Changes {
  readonly #environments: DevEnvironment[]
  readonly #config: ResolvedConfig
  readonly #settlement: Settlement
  readonly #traffic: Traffic
  readonly #reporter: Reporter
  readonly #options: Options
  readonly #undelivered: (() => void)[] = []
  #hasStarted = false

  constructor(
    environments: DevEnvironment[],
    config: ResolvedConfig,
    settlement: Settlement,
    traffic: Traffic,
    reporter: Reporter,
    options: Options,
  ) {
    this.#environments = environments
    this.#config = config
    this.#settlement = settlement
    this.#traffic = traffic
    this.#reporter = reporter
    this.#options = options
  }

  /** All modules there are, and those that a build would begin with. */
  async start(): Promise<void> {
    if (this.#hasStarted) return
    this.#hasStarted = true
    const end = this.#settlement.begin('the server is starting')
    await this.#discover(undefined, (crawl) =>
      this.#environments.flatMap((environment) => [
        ...[...environment.moduleGraph.idToModuleMap.values()].map((module) =>
          crawl.visit(environment, module),
        ),
        ...entriesOf(environment).map((entry) => crawl.visitEntry(environment, entry)),
      ]),
    )
    end()
  }

  /** Resolves when Vite may deliver the change. */
  async prepare({ file, read, type }: HotUpdateOptions): Promise<void> {
    const end = this.#settlement.begin(`${path.basename(file)} has changed`)
    const { drain, timeout } = this.#options
    // Should Vite never deliver it.
    const timer = setTimeout(() => this.#deliver(finish), 3 * timeout).unref()
    const finish = (): void => {
      clearTimeout(timer)
      end()
    }
    this.#undelivered.push(finish)

    const changed = this.#environments.flatMap((environment) =>
      [...(environment.moduleGraph.getModulesByFile(file) ?? [])]
        // The others stand for files that a plugin made something else of.
        .filter(({ id }) => id)
        .map((module) => ({ environment, module })),
    )
    if (changed.length === 0) return
    await this.#traffic.drain(drain)
    // A file that is written in place is empty for a moment, which this sits out.
    if (type === 'update') await bounded(Promise.resolve(read()), timeout)
    if (type === 'delete') return
    await this.#discover(file, (crawl) =>
      changed.map(({ environment, module }) => crawl.visit(environment, module)),
    )
  }

  /**
   * Vite has sent what there is to send for a change. It does not say for which, and need not: all
   * end together when as many are delivered as were prepared.
   */
  delivered(): void {
    this.#deliver(this.#undelivered[0])
  }

  #deliver(finish: (() => void) | undefined): void {
    if (!finish) return
    this.#undelivered.splice(this.#undelivered.indexOf(finish), 1)
    finish()
  }

  async #discover(
    file: string | undefined,
    visit: (crawl: Crawl) => Promise<void>[],
  ): Promise<void> {
    const start = performance.now()
    const { timeout } = this.#options
    let isOver = false
    const crawl = new Crawl(this.#environments, () => isOver)
    const crawled = Promise.all(visit(crawl)).then(() => this.#settlement.optimized())
    if (!(await bounded(crawled, timeout))) {
      this.#config.logger.warn(
        `[${PACKAGE_NAME}] not all of ${file ?? 'the application'} was looked through within ` +
          `${timeout} ms (${this.#settlement.reason}), so a dependency that is new in the rest ` +
          'is found when it is loaded',
      )
    }
    isOver = true
    const { transformed } = crawl
    const duration = performance.now() - start
    this.#reporter.tell({
      type: 'discovered',
      ...(file !== undefined && { file }),
      transformed,
      duration,
    })
  }
}

/** `rolldownOptions` from Vite 8 on, where `rollupOptions` is its alias. */
function entriesOf({ config }: DevEnvironment): string[] {
  const { input } = config.build.rollupOptions
  if (typeof input === 'string') return [input]
  return Object.values(input ?? {})
}
