import { moduleRunnerTransform } from 'vite'
import type { CustomPayload } from 'vite'
import { ESModulesEvaluator, ModuleRunner } from 'vite/module-runner'

/** What a browser keeps for a year: whatever came with `immutable`, by its URL. */
export type HttpCache = Map<string, string>

interface Invocation {
  name: string
  data: [url: string, importer: string | undefined]
}

/** In place of Vite's client, which needs a browser. */
const CLIENT = `export const createHotContext = () => ({ accept() {} })
export const updateStyle = () => {}
export const removeStyle = () => {}
export const injectQuery = (url) => url\n`

/**
 * Evaluates the client environment's modules as a page that is opened anew does: by fetching one
 * after another over HTTP, with the URLs that are in the code.
 */
export async function evaluateOverHttp(
  server: string,
  url: string,
  argument: string,
  { cache, signal }: { cache?: HttpCache | undefined; signal: AbortSignal },
): Promise<unknown> {
  const fetchModule = async (id: string): Promise<object> => {
    const code = id.startsWith('/@vite/client') ? CLIENT : await load(server, id, cache, signal)
    const result = await moduleRunnerTransform(code, null, id, code)
    return { code: result!.code, file: null, id, url: id, invalidate: false }
  }
  const runner = new ModuleRunner(
    {
      hmr: false,
      sourcemapInterceptor: false,
      transport: {
        async invoke(payload) {
          const { name, data: args } = (payload as CustomPayload).data as Invocation
          if (name === 'getBuiltins') return { result: [] }
          try {
            return { result: await fetchModule(resolve(args[0], args[1])) }
          } catch (error) {
            return { error }
          }
        },
      },
    },
    new ESModulesEvaluator(),
  )
  try {
    const module = await runner.import<{ default: (argument: string) => unknown }>(url)
    return await module.default(argument)
  } finally {
    await runner.close()
  }
}

/** Imports are absolute, but for those between optimized files. */
const resolve = (specifier: string, importer = '/'): string => {
  const { pathname, search } = new URL(specifier, `http://server${importer}`)
  return pathname + search
}

async function load(
  server: string,
  url: string,
  cache: HttpCache | undefined,
  signal: AbortSignal,
): Promise<string> {
  const kept = cache?.get(url)
  if (kept !== undefined) return kept
  const response = await fetch(server + url, {
    headers: { accept: '*/*', 'sec-fetch-dest': 'script' },
    signal,
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`${response.status} for ${url}: ${body.slice(0, 300)}`)
  if (response.headers.get('cache-control')?.includes('immutable')) cache?.set(url, body)
  return body
}
