import path from 'node:path'
import type { DevEnvironment, EnvironmentModuleNode, HotUpdateOptions } from 'vite'
import { bounded } from './bounded.ts'
import { PACKAGE_NAME } from './constants.ts'
import type { Context } from './context.ts'
import { Crawl } from './crawl.ts'
import { Superseded } from './superseded.ts'

/**
 * Looks through what a change brings, before anyone is told of it: requests that are being served
 * finish, new dependencies are found and optimized, and only then Vite's HMR goes on.
 */
export class Changes {
  readonly superseded: Superseded
  readonly #context: Context
  readonly #undelivered: (() => void)[] = []

  constructor(context: Context) {
    this.#context = context
    this.superseded = new Superseded(context.environments)
  }

  /** All modules there are, and those that a build would begin with. */
  async start(): Promise<void> {
    const end = this.#context.settlement.begin('the server is starting')
    await this.#discover(undefined, (crawl) =>
      this.#context.environments.flatMap((environment) => [
        ...[...environment.moduleGraph.idToModuleMap.values()].map((module) =>
          crawl.revisit(environment, module),
        ),
        ...entriesOf(environment).map((entry) => crawl.visitEntry(environment, entry)),
      ]),
    )
    end()
  }

  /**
   * Resolves when Vite may invalidate the file's modules: when requests are done that are being
   * served. A runner that asks for a module again, as it does when it imports its entry for a
   * request, would get what is new before it is told of it.
   */
  async announce(file: string): Promise<void> {
    if (this.#modulesOf(file).length === 0) return
    const end = this.#context.settlement.begin(`${path.basename(file)} has changed`)
    await this.#context.traffic.drain(this.#context.options.drain)
    // By then Vite is in `prepare()`, or takes the file for none that is delivered.
    setImmediate(end)
  }

  /** Resolves when Vite may deliver the change. */
  async prepare(change: HotUpdateOptions): Promise<void> {
    const { file, read, type } = change
    this.superseded.begin(change)
    const { timeout } = this.#context.options
    const end = this.#context.settlement.begin(`${path.basename(file)} has changed`)
    // Should Vite never deliver it.
    const timer = setTimeout(() => this.#deliver(finish), 3 * timeout).unref()
    const finish = (): void => {
      clearTimeout(timer)
      end()
    }
    this.#undelivered.push(finish)

    const changed = this.#modulesOf(file)
    if (changed.length === 0 || type === 'delete') return
    // A file that is written in place is empty for a moment, which this sits out.
    if (type === 'update') await bounded(Promise.resolve(read()), timeout)
    const discovering = changed.filter(({ environment }) => this.#context.discovers(environment))
    if (discovering.length > 0) {
      await this.#discover(file, (crawl) =>
        discovering.map(({ environment, module }) => crawl.revisit(environment, module)),
      )
    }
    await this.superseded.passed()
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

  #modulesOf(file: string): { environment: DevEnvironment; module: EnvironmentModuleNode }[] {
    return this.#context.environments.flatMap((environment) =>
      [...(environment.moduleGraph.getModulesByFile(file) ?? [])]
        // The others stand for files that a plugin made something else of.
        .filter(({ id }) => id)
        .map((module) => ({ environment, module })),
    )
  }

  async #discover(
    file: string | undefined,
    visit: (crawl: Crawl) => Promise<void>[],
  ): Promise<void> {
    const start = performance.now()
    const { timeout } = this.#context.options
    let isOver = false
    const { environments, discovers } = this.#context
    // At the start there is nothing yet that a transform could be too early for.
    const crawled = file === undefined ? environments : environments.filter(discovers)
    const crawl = new Crawl(crawled, () => isOver)
    const looked = Promise.all(visit(crawl)).then(() => this.#context.settlement.optimized())
    if (!(await bounded(looked, timeout))) {
      this.#context.logger.warn(
        `[${PACKAGE_NAME}] not all of ${file ?? 'the application'} was looked through within ` +
          `${timeout} ms (${this.#context.settlement.reason}), so a dependency that is new in the rest ` +
          'is found when it is loaded',
      )
    }
    isOver = true
    const { transformed } = crawl
    const duration = performance.now() - start
    this.#context.reporter.tell({
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
