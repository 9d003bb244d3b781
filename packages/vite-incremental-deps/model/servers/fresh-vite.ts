import { rm } from 'node:fs/promises'
import { createServer, createServerModuleRunner } from 'vite'
import type { DevEnvironment, ViteDevServer } from 'vite'
import { whenIdle } from '../../corpus/server.ts'
import { answerOf } from '../judge/answer.ts'
import type { Answer } from '../judge/answer.ts'
import { config } from './config.ts'
import type { EnvironmentName } from './config.ts'
import { evaluateOverHttp } from './http-evaluator.ts'

/** By environment and page. */
export type Answers = Record<string, Record<string, Answer>>

/** More than a cold start takes until nothing is optimized any more. */
const MAX_ROUNDS = 8

export interface OracleOptions {
  root: string
  /** Is removed before and after. */
  cacheDir: string
  environments: EnvironmentName[]
  pages: string[]
}

/** What plain Vite says of a project's files when it is started on them with nothing in its cache. */
export async function askFreshVite(options: OracleOptions): Promise<Answers> {
  const { root, cacheDir, environments, pages } = options
  await rm(cacheDir, { recursive: true, force: true })
  const server = await createServer({
    ...config,
    configFile: false,
    root,
    cacheDir,
    logLevel: 'silent',
    server: { host: '127.0.0.1', port: 0, watch: null },
  })
  try {
    await server.listen()
    const answers: Answers = {}
    for (const name of environments) {
      answers[name] = await untilSettled(server, name, pages)
    }
    return answers
  } finally {
    await server.close()
    await rm(cacheDir, { recursive: true, force: true })
  }
}

/** Differs after each run of the optimizer that has changed something. */
const stateOf = ({ depsOptimizer }: DevEnvironment): string =>
  JSON.stringify(
    depsOptimizer!.metadata.depInfoList.map(({ id, browserHash }) => [id, browserHash]),
  )

/** A first run that has missed something is followed by another, and by a reload. */
async function untilSettled(
  server: ViteDevServer,
  name: EnvironmentName,
  pages: string[],
): Promise<Record<string, Answer>> {
  const environment = server.environments[name]
  let answers: Record<string, Answer> = {}
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = stateOf(environment)
    answers = await askAll(server, name, pages)
    await whenIdle({ environment })
    if (round > 0 && stateOf(environment) === before) break
  }
  return answers
}

async function askAll(
  server: ViteDevServer,
  name: EnvironmentName,
  pages: string[],
): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  const url = server.resolvedUrls!.local[0]!.slice(0, -1)
  const signal = AbortSignal.timeout(20_000)
  const runner = createServerModuleRunner(server.environments.ssr, {
    hmr: false,
    sourcemapInterceptor: false,
  })
  for (const page of pages) {
    answers[page] = await answerOf(async () => {
      if (name === 'client') return evaluateOverHttp(url, '/src/entry.js', page, { signal })
      const entry = await runner.import<{ default: (name: string) => unknown }>('/src/entry.js')
      return entry.default(page)
    })
  }
  await runner.close()
  return answers
}
