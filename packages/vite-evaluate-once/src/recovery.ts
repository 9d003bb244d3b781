import type { Failure } from './constants.ts'
import { PACKAGE_NAME } from './constants.ts'
import type { Keeper, Source } from './keeper.ts'
import { fileOf } from './output-graph.ts'
import { sourcesOf } from './packages-in.ts'

/**
 * Packages that cannot be used twice. As in Node, an application that registers something with a
 * package registers it again after a reload, with a package that has seen it before. Where one throws
 * at that, nothing that is kept is used any more, the runner is reloaded once, and that package is
 * evaluated anew from then on.
 */
export class Recovery {
  #excluded: Set<string>
  /** What each package threw that was excluded here. */
  #thrown = new Map<string, string>()
  /** Errors that were thrown all the same by a package that was evaluated anew. */
  #ownErrors = new Set<string>()

  #onChange: () => void

  /** @param excluded Names of packages; `onChange` is called when others are. */
  constructor(excluded: Set<string>, onChange: () => void) {
    this.#excluded = excluded
    this.#onChange = onChange
  }

  async failed(keeper: Keeper, { message, stack, generation }: Failure): Promise<void> {
    // Each module that imports the one that failed tells of it, too.
    if (generation !== keeper.generation || this.#ownErrors.has(message)) return
    const again = [...this.#thrown].filter(([, thrown]) => thrown === message)
    if (again.length > 0) {
      // It was not for being kept.
      this.#ownErrors.add(message)
      for (const [name] of again) {
        this.#thrown.delete(name)
        this.#excluded.delete(name)
      }
      this.#onChange()
      return
    }

    const output = await whereThrown(keeper, stack)
    if (!output || generation !== keeper.generation) return
    const packages = await output.graph.packagesOf(fileOf(output.id))
    // By now another may have told of it.
    if (packages.length === 0 || generation !== keeper.generation) return
    for (const name of packages) {
      this.#excluded.add(name)
      this.#thrown.set(name, message)
    }
    this.#onChange()
    keeper.drop()
    const { environment } = keeper
    const names = packages.map((name) => `"${name}"`).join(', ')
    environment.logger.warn(
      `[${PACKAGE_NAME}] ${packages[0]} threw when it was used again after a reload of ` +
        `${environment.name} (${message}); from now on it is evaluated anew at each reload, and so ` +
        `is what imports it. To have that from the start: evaluateOnce: { exclude: [${names}] }`,
      { timestamp: true },
    )
    environment.hot.send({ type: 'full-reload', path: '*' })
  }
}

/**
 * The output that is used again and that the error was thrown in, if it was thrown in one. A stack
 * names the output or the file that it was made from, by its path or below the id of a copy.
 */
async function whereThrown(keeper: Keeper, stack: string): Promise<Source | undefined> {
  const frame = stack
    .split('\n')
    .find((line) => /^\s*at .*[/\0]/.test(line) && !/\bnode:/.test(line))
  if (frame === undefined) return undefined
  const reused = [...keeper.reused.values()]
  const isOf = (name: string): boolean => frame.includes(`/node_modules/${name}/`)
  // Without looking into files, so that the reload comes before the answer that failed, if it can.
  const found = reused.find(({ graph, id }) => {
    const file = fileOf(id)
    const dependency = graph.packageOf(file)
    return frame.includes(file.split('/').slice(-2).join('/')) || (dependency && isOf(dependency))
  })
  if (found) return found
  for (const output of reused) {
    const sources = await sourcesOf(fileOf(output.id))
    const names = sources.map((source) => source.slice(source.lastIndexOf('/node_modules/')))
    if (names.some((name) => frame.includes(`${name}:`))) return output
  }
  return undefined
}
