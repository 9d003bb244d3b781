import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger, createServer as createViteServer } from 'vite'
import type { InlineConfig, ViteDevServer } from 'vite'
import { expect, test } from 'vitest'
import { createProject, majors, pkg } from './project.ts'
import type { Vite } from './project.ts'
import { holdfast } from './vite.ts'
import type { HoldfastOptions } from './vite.ts'

const START = /^\[holdfast\] ssr/

const files = pkg('late', { 'index.js': 'export const late = {}' })

/** A server that listens, and what it says at start. */
async function listen(
  config: InlineConfig,
  options: HoldfastOptions = { state: false },
  vite: Vite = { createServer: createViteServer } as Vite,
): Promise<{ server: ViteDevServer; lines: () => string[]; port: number }> {
  const said: string[] = []
  const customLogger = createLogger('silent')
  customLogger.info = (line) => void (START.test(line) && said.push(line))
  const server = await vite.createServer({
    configFile: false,
    customLogger,
    plugins: [holdfast(options)],
    ...config,
    server: { port: 0, ws: false, watch: null, ...config.server },
  })
  // Not before it has an address.
  expect(said).toEqual([])
  await server.listen()
  const { port } = server.httpServer!.address() as AddressInfo
  return { server, lines: () => said, port }
}

test.each(majors)('names the page, and that is where it is, Vite %s', async (_, vite) => {
  for (const [host, base] of [
    [undefined, '/'],
    ['127.0.0.1', '/some/base/'],
    ['0.0.0.0', '/'],
    ['::1', '/'],
  ] as const) {
    const { lines, port, server } = await listen({ base, server: { host } }, undefined, vite)
    const name = host === '127.0.0.1' ? host : host === '::1' ? '[::1]' : 'localhost'
    const url = `http://${name}:${port}${base}__holdfast/`
    expect(lines()).toEqual([`[holdfast] ssr · ${url}`])
    expect((await fetch(url)).status).toBe(200)
    await server.close()
  }
})

test('without a page there is nothing to name', async () => {
  const { lines, server } = await listen({}, { page: false })
  expect(lines()).toEqual(['[holdfast] ssr'])
  await server.close()
})

test('each restart says it again, once', async () => {
  const { lines, server } = await listen({})
  await server.restart()
  expect(lines()).toHaveLength(2)
  await server.close()
})

test('in middleware mode it is the path, at once', async () => {
  await using project = await createProject(files)
  const parent = createServer()
  const { log } = await project.serve(
    {},
    { base: '/_app/', server: { middlewareMode: { server: parent } } },
  )
  expect(log.matching(START)).toEqual(['[holdfast] ssr · /_app/__holdfast/'])
})

test('two servers of one plugin say the same once', async () => {
  await using project = await createProject(files)
  const plugins = [holdfast()]
  // As Nuxt makes them.
  const client = await project.serve({}, { base: '/_nuxt/', plugins })
  const ssr = await project.serve({}, { base: '/_nuxt/', plugins, server: { hmr: false } })
  expect(client.log.matching(START)).toHaveLength(1)
  expect(ssr.log.matching(START)).toEqual([])
  // What differs is said, and so is what is said for the first time since.
  const other = await project.serve({}, { plugins })
  expect(other.log.matching(START)).toHaveLength(1)
  await Promise.all([client, ssr, other].map(({ vite }) => vite.close()))
  const last = await project.serve({}, { base: '/_nuxt/', plugins })
  expect(last.log.matching(START)).toHaveLength(1)
})

test('without HMR there is nothing to warn of', async () => {
  await using project = await createProject(files)
  const { log } = await project.serve({}, { server: { hmr: false } })
  expect(log.lines).toEqual(['[holdfast] ssr · /__holdfast/'])
})
