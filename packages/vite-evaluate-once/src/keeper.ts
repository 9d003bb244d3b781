import { observeRunner } from '@holdfast/vite-hmr-bridge'
import type { DevEnvironment, EnvironmentModuleNode, FetchResult } from 'vite'
import { fileOf, OutputGraph } from './output-graph.ts'
import { isStore, onceCode, tellingCode } from './wrap.ts'

type Code = Extract<FetchResult, { code: string }>

/** An output of an optimizer that a runner has fetched. */
export interface Fetched {
  /** The dependency whose entry it is, or the name of the file that several share. */
  dependency: string
  /** The environment whose runner evaluates it. */
  environment: string
  /** Since when it has been kept, if it is. */
  since: Date | undefined
  /** Why it is evaluated anew at each reload, if it is. */
  notKept: string | undefined
}

interface Output extends Source {
  /** Since when it has been kept, or why it is not. */
  kept: Date | string
  /** How often it has been fetched in this generation: from the second time on it was there. */
  times: number
}

/** The output that a module is or that it is a copy of. */
export interface Source {
  graph: OutputGraph
  id: string
}

/** What the runner of one environment keeps. */
export class Keeper {
  readonly environment: DevEnvironment
  #server: string
  #graphs: ReadonlyMap<DevEnvironment, OutputGraph>
  #generation = 0
  #versions = new Map<OutputGraph, string>()
  #outputs = new Map<string, Output>()

  constructor(
    environment: DevEnvironment,
    server: string,
    graphs: ReadonlyMap<DevEnvironment, OutputGraph>,
  ) {
    this.environment = environment
    this.#server = server
    this.#graphs = graphs
  }

  get generation(): number {
    return this.#generation
  }

  get fetched(): Fetched[] {
    return [...this.#outputs.values()].map(({ graph, id, kept }) => ({
      dependency: graph.nameOf(fileOf(id)),
      environment: this.environment.name,
      since: typeof kept === 'string' ? undefined : kept,
      notKept: typeof kept === 'string' ? kept : undefined,
    }))
  }

  /** The outputs that the runner has kept over a reload, by what it calls them. */
  get reused(): ReadonlyMap<string, Source> {
    return new Map(
      [...this.#outputs].filter(([, { kept, times }]) => typeof kept !== 'string' && times > 1),
    )
  }

  /** Has all that is kept dropped by the runner, with the next module that it fetches. */
  drop(): void {
    this.#generation++
    this.#outputs.clear()
  }

  /** What the runner is to be given instead of what Vite has transformed for it. */
  async give(fetched: Code, startOffset = 0): Promise<Code> {
    if (isStore(fetched.id)) return fetched
    const node = this.environment.moduleGraph.getModuleById(fetched.id)
    const output = this.#outputOf(fetched.id)
    if (!output) {
      if (node) await this.#refuseImporters(node)
      return { ...fetched, code: tellingCode(fetched.code, this.#generation, startOffset) }
    }
    const { graph, id } = output
    for (const imported of node?.importedModules ?? []) {
      if (!imported.transformResult || this.#outputOf(imported.id!)) continue
      await this.#refuseImporters(imported)
    }
    const reason = await graph.reasonAgainst(id)
    if (this.#isReplaced(graph)) this.drop()
    const key = id === fetched.id ? id : `${fetched.id}\n${id}`
    const known = this.#outputs.get(key)
    if (known?.kept instanceof Date && reason === undefined) known.times++
    else this.#outputs.set(key, { ...output, kept: reason ?? new Date(), times: 1 })
    if (reason !== undefined) return fetched
    const { name: environment } = this.environment
    const address = { server: this.#server, environment, generation: this.#generation, key }
    return { ...fetched, code: onceCode(fetched.code, address, startOffset) }
  }

  /** The output that a module is, or, in the bridge topology, that it is a copy of. */
  #outputOf(moduleId: string): Source | undefined {
    const graph = this.#graphs.get(this.environment)
    if (graph?.has(moduleId)) return { graph, id: moduleId }
    const sources = observeRunner(this.environment).sourcesOf(moduleId)
    const [source] = sources
    if (!source || sources.length > 1) return undefined
    const graphOfSource = this.#graphs.get(source.environment)
    return graphOfSource?.has(source.id) ? { graph: graphOfSource, id: source.id } : undefined
  }

  /** Whether Vite has optimized anew since what is kept was fetched. */
  #isReplaced(graph: OutputGraph): boolean {
    const before = this.#versions.get(graph)
    this.#versions.set(graph, graph.version)
    return before !== undefined && before !== graph.version
  }

  /**
   * Whatever a plugin has had an output import, or has made of its imports. Modules of which nothing is
   * known yet are judged when they are fetched.
   */
  async #refuseImporters({ id, importers }: EnvironmentModuleNode): Promise<void> {
    for (const importer of importers) {
      const output = importer.id && this.#outputOf(importer.id)
      const what = `imports ${id?.replace(/^\0/, '')}, as a plugin has it`
      if (output) await output.graph.refuse(output.id, what)
    }
  }
}
