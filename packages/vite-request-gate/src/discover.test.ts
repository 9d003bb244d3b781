import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { hmrBridge } from '@holdfast/vite-hmr-bridge'
import * as vite from 'vite'
import type { HotPayload, Plugin } from 'vite'
import { describe, expect, test } from 'vitest'
import { createProject, majors, RELOADING } from './project.ts'
import type { RequestGateOptions } from './index.ts'
import type { Project, Server, Vite } from './project.ts'

const files = {
  'src/value.js': 'export const value = 1',
  'src/entry.js': `
    import { value } from './value.js'
    export default (request, response) => response.end('value ' + value)`,
}

const copying = {
  ...files,
  'src/entry.js': `
    import { value } from './value.js'
    import { copied } from 'virtual:copy'
    export default (request, response) => response.end('value ' + value + copied)`,
}

/** As the bridge topology has it: `ssr` has no runner, and the worker runs what is in it. */
function serveCopies(
  project: Project,
  { DevEnvironment }: Vite,
  options?: RequestGateOptions,
): Promise<Server> {
  let ssr: vite.DevEnvironment
  const copy: Plugin = {
    name: 'copy',
    configureServer: ({ environments }) => void (ssr = environments.ssr),
    resolveId: (id) => (id === 'virtual:copy' ? '\0virtual:copy' : undefined),
    async load(id) {
      if (id !== '\0virtual:copy') return undefined
      const result = await ssr.transformRequest('/src/value.js')
      return `export const copied = ${/value = (\d)/.exec(result!.code)![1]}`
    },
  }
  return project.serve(options, {
    plugins: [hmrBridge({ from: 'ssr', to: 'worker' }), copy],
    environments: {
      worker: {
        resolve: { noExternal: true },
        optimizeDeps: { noDiscovery: false, include: ['dep/a0'] },
      },
      ssr: {
        dev: {
          createEnvironment: (name, config) => new DevEnvironment(name, config, { hot: true }),
        },
      },
    },
  })
}

/** What the worker's runner is sent, and which dependencies were optimized by then. */
function watch({ worker }: Server): { type: string; optimized: string[] }[] {
  const messages: { type: string; optimized: string[] }[] = []
  worker.hot.api.outsideEmitter.on('send', ({ type }: HotPayload) => {
    if (type !== 'custom') {
      const optimized = Object.keys(worker.depsOptimizer!.metadata.optimized)
      messages.push({ type, optimized: optimized.filter((id) => id.startsWith('dep/b')) })
    }
  })
  return messages
}

const discovered = ({ reports }: Server) =>
  reports.flatMap((report) => (report.type === 'discovered' ? [report] : []))

/** Makes requests until one has what is expected. None may fail. */
async function expectAnswer(server: Server, text: string): Promise<void> {
  await expect
    .poll(async () => {
      const answer = await server.get()
      expect(answer.status).toBe(200)
      return answer.text
    })
    .toBe(text)
}

describe.each(majors)('Vite %s', (_name, major) => {
  test('a new dependency is optimized before the runner hears of the change', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    await server.get()
    // The first run of the optimizer has no reload.
    await server.api.settled()
    const messages = watch(server)
    await project.write({
      'src/lazy.js': `export { b } from 'dep/b2'`,
      'src/nested.js': `import 'dep/b1'; export const lazy = () => import('./lazy.js')`,
    })
    await project.edit('src/value.js', '1', `1 + 1; import 'dep/b0'; import './nested.js'`)
    await expectAnswer(server, 'value 2')
    await server.api.settled()
    const all = ['dep/b0', 'dep/b1', 'dep/b2']
    expect(messages.map(({ type }) => type)).toContain('full-reload')
    for (const { optimized } of messages) expect(optimized).toEqual(all)
    expect(server.log.matching(RELOADING)).toHaveLength(1)
    expect(server.api.stats.replays).toBe(0)
  })

  test('what an optimizer has reloaded is not reloaded once more', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    await server.get()
    await server.api.settled()
    const messages = watch(server)
    await project.edit('src/value.js', '1', '2')
    await expectAnswer(server, 'value 2')
    await project.edit('src/value.js', '2', `3; import 'dep/b0'`)
    await expectAnswer(server, 'value 3')
    await server.api.settled()
    expect(server.log.matching(RELOADING)).toHaveLength(1)
    expect(messages.filter(({ type }) => type !== 'prune')).toEqual([
      { type: 'full-reload', optimized: [] },
      { type: 'full-reload', optimized: ['dep/b0'] },
    ])
  })

  test('what the bridge has reloaded for another environment is not either', async () => {
    await using project = await createProject(major, files)
    const worker = { include: ['dep/a0', 'dep/b0'], noDiscovery: false }
    const ssr = { include: ['dep/a0'], noDiscovery: false }
    const server = await project.serve(undefined, {
      plugins: [hmrBridge({ from: 'ssr', to: 'worker' })],
      environments: {
        worker: { resolve: { noExternal: true }, optimizeDeps: worker },
        ssr: { resolve: { noExternal: true }, optimizeDeps: ssr },
      },
    })
    await server.get()
    await server.vite.environments.ssr.transformRequest('/src/value.js')
    await server.api.settled()
    const messages = watch(server)
    await project.edit('src/value.js', '1', `2; import 'dep/b0'`)
    await expectAnswer(server, 'value 2')
    await server.api.settled()
    expect(server.log.matching(/\(ssr\).*optimized dependencies changed. reloading/)).toHaveLength(
      1,
    )
    expect(messages.map(({ type }) => type)).toEqual(['full-reload'])
  })

  test('what stands in an environment without a runner is reloaded with those who run it', async () => {
    await using project = await createProject(major, copying)
    const server = await serveCopies(project, major)
    await expectAnswer(server, 'value 11')
    await server.api.settled()
    const messages = watch(server)
    await project.edit('src/value.js', '1', `2; import 'dep/b0'`)
    await expectAnswer(server, 'value 22')
    await server.api.settled()
    expect(server.log.matching(RELOADING)).toHaveLength(1)
    expect(messages.map(({ type }) => type).filter((type) => type !== 'prune')).toEqual([
      'full-reload',
    ])

    await project.edit('src/value.js', '2', '3')
    await expectAnswer(server, 'value 33')
  })

  test('and is told of if it is not known who runs it', async () => {
    await using project = await createProject(major, copying)
    const server = await serveCopies(project, major, { environments: ['ssr'] })
    await expectAnswer(server, 'value 11')
    await project.edit('src/value.js', '1', '2')
    await expectAnswer(server, 'value 22')
  })

  test.each(['returns', 'invalidates'])(
    'what a plugin %s with a file is delivered',
    async (how) => {
      await using project = await createProject(major, {
        ...files,
        'src/entry.js': `
        import { value } from './value.js'
        import { edits } from 'virtual:edits'
        export default (request, response) => response.end('value ' + value + ', edits ' + edits)`,
      })
      let edits = 0
      const counter: vite.Plugin = {
        name: 'counter',
        resolveId: (id) => (id === 'virtual:edits' ? `\0${id}` : null),
        load: (id) => (id === '\0virtual:edits' ? `export const edits = ${edits}` : null),
        async hotUpdate({ modules }) {
          if (this.environment.name !== 'worker') return undefined
          const module = this.environment.moduleGraph.getModuleById('\0virtual:edits')!
          // The optimizer's reload has brought it as it was.
          await expect.poll(() => module.transformResult).toBeTruthy()
          edits++
          if (how === 'returns') return [...modules, module]
          this.environment.moduleGraph.invalidateModule(module)
          return undefined
        },
      }
      const server = await project.serve({}, { plugins: [counter] })
      expect((await server.get()).text).toBe('value 1, edits 0')
      await server.api.settled()
      const messages = watch(server)
      await project.edit('src/value.js', '1', `2; import 'dep/b0'`)
      await expectAnswer(server, 'value 2, edits 1')
      expect(server.log.matching(RELOADING)).toHaveLength(1)
      // The optimizer's, which was too early, and the change's.
      expect(messages.filter(({ type }) => type === 'full-reload')).toHaveLength(2)
    },
  )

  test('a dependency of what is loaded later is found when the server starts', async () => {
    await using project = await createProject(major, {
      ...files,
      'src/lazy.js': `import { a } from 'dep/a0'; export { a }`,
      'src/entry.js': `
        export default async (request, response) => {
          const { a, b = a } = await import('./lazy.js')
          response.end('index ' + b.index)
        }`,
    })
    const config = {
      environments: {
        worker: {
          resolve: { noExternal: true as const },
          optimizeDeps: { noDiscovery: false, include: ['dep/a0'] },
          build: { rollupOptions: { input: 'src/entry.js' } },
        },
      },
    }
    const first = await project.serve(undefined, config)
    expect((await first.get()).text).toBe('index 0')
    await first.vite.close()

    await project.write({ 'src/lazy.js': `import 'dep/a0'; export { b } from 'dep/b0'` })
    const server = await project.serve(undefined, config)
    const answers = Array.from({ length: 10 }, (_, index) =>
      server.get('/', { method: index % 2 ? 'POST' : 'GET' }),
    )
    for (const answer of answers) expect((await answer).text).toBe('index 0')
    expect(server.log.matching(RELOADING)).toHaveLength(1)
    expect(server.api.stats).toMatchObject({ replays: 0, answers: 0 })
    expect(server.api.stats.transformed).toBeGreaterThan(0)
    // Nobody was let through before it was optimized.
    const types = server.reports.map(({ type }) => type)
    expect(types.indexOf('held')).toBeGreaterThan(types.indexOf('discovered'))
    expect(discovered(server)[0]!.transformed).toBe(2)
  })

  test('what another environment has behind a directive is found with it', async () => {
    await using project = await createProject(major, {
      ...files,
      'src/client.js': `'use client'; import 'dep/b3'; export const client = 1`,
    })
    const server = await project.serve(undefined, {
      environments: {
        ssr: { resolve: { noExternal: true }, optimizeDeps: { noDiscovery: false } },
      },
      plugins: [
        {
          name: 'client-references',
          transform(code) {
            const isReference =
              code.startsWith(`'use client'`) && this.environment.name === 'worker'
            return isReference ? 'export const client = 1' : null
          },
        },
      ],
    })
    await server.get()
    await project.edit('src/value.js', '1', `1 + 1; import './client.js'`)
    await expectAnswer(server, 'value 2')
    const { ssr } = server.vite.environments
    expect(Object.keys(ssr.depsOptimizer!.metadata.optimized)).toContain('dep/b3')
    expect(Object.keys(server.worker.depsOptimizer!.metadata.optimized)).not.toContain('dep/b3')
  })

  test('a file that a plugin only watches is not transformed in that environment', async () => {
    await using project = await createProject(major, {
      ...files,
      'src/entry.js': `
        import { value } from './value.js'
        import { page } from 'virtual:page'
        export default (request, response) => response.end('value ' + value + page)`,
      'src/page.js': `import 'dep/a0'; export const page = 1`,
    })
    // As the bridge topology has it: the file is one of the ssr environment's.
    let ssr: vite.DevEnvironment
    const bridge: Plugin = {
      name: 'bridge',
      configureServer: ({ environments }) => void (ssr = environments.ssr),
      resolveId: (id) => (id === 'virtual:page' ? '\0virtual:page' : undefined),
      async load(id) {
        if (id !== '\0virtual:page') return undefined
        this.addWatchFile(project.file('src/page.js'))
        const result = await ssr.transformRequest('/src/page.js')
        return `export const page = ${/page = (\d)/.exec(result!.code)![1]}`
      },
    }
    const optimizeDeps = { noDiscovery: false, include: ['dep/a0'] }
    const environment = { resolve: { noExternal: true as const }, optimizeDeps }
    const server = await project.serve(undefined, {
      plugins: [hmrBridge({ from: 'ssr', to: 'worker' }), bridge],
      environments: { worker: environment, ssr: environment },
    })
    await expectAnswer(server, 'value 11')
    await server.api.settled()
    await project.edit(
      'src/page.js',
      `'dep/a0'; export const page = 1`,
      `'dep/b0'; export const page = 2`,
    )
    await expectAnswer(server, 'value 12')
    await server.api.settled()
    const { worker } = server
    expect(Object.keys(ssr!.depsOptimizer!.metadata.optimized)).toContain('dep/b0')
    expect(Object.keys(worker.depsOptimizer!.metadata.optimized)).toEqual(['dep/a0'])
    const [watched] = worker.moduleGraph.getModulesByFile(project.file('src/page.js'))!
    expect(watched!.id).toBe(project.file('src/page.js'))
    expect(watched!.transformResult).toBeNull()
    expect(server.log.matching(RELOADING)).toEqual([])
  })

  // Vite never calls `run()` by itself, and a framework may have it do more than that.
  test('an optimizer is left to run when it will', async () => {
    await using project = await createProject(major, files)
    const server = await project.serve()
    await server.get()
    await server.api.settled()
    let runs = 0
    for (const { depsOptimizer } of Object.values(server.vite.environments)) {
      if (depsOptimizer) depsOptimizer.run = () => void runs++
    }
    await project.edit('src/value.js', '1', `2; import 'dep/b0'`)
    await expectAnswer(server, 'value 2')
    expect(runs).toBe(0)
    expect(server.log.matching(RELOADING)).toHaveLength(1)
  })

  test('only what is new is transformed', async () => {
    const count = 3000
    const names = Array.from({ length: count }, (_, index) => `./many/module${index}.js`)
    await using project = await createProject(major, {
      ...files,
      ...Object.fromEntries(names.map((name) => [`src/${name.slice(2)}`, 'export default 1'])),
      'src/entry.js': `
        import { value } from './value.js'
        ${names.map((name, index) => `import m${index} from '${name}'`).join('\n')}
        export default (request, response) => response.end('value ' + value)`,
    })
    const server = await project.serve()
    await server.get()
    let transforms = 0
    const { worker } = server
    const transform = worker.transformRequest.bind(worker)
    worker.transformRequest = (url) => {
      transforms++
      return transform(url)
    }
    // Later ones are the runner's.
    const delivered = new Promise<number>((resolve) => {
      worker.hot.api.outsideEmitter.once('send', () => resolve(transforms))
    })
    await project.write({ 'src/new.js': 'export default 1' })
    await project.edit('src/entry.js', 'export default', `import './new.js'; export default`)
    expect(await delivered).toBe(2)
    await expectAnswer(server, 'value 1')
    expect(discovered(server).at(-1)).toMatchObject({
      file: project.file('src/entry.js'),
      transformed: 2,
    })
  }, 60_000)
})

test('a file that a module was made from is not taken for one that it imports', async () => {
  await using project = await createProject(vite, {
    ...files,
    'src/foreign.js': `import 'dep/b4'`,
  })
  const server = await project.serve(undefined, {
    plugins: [
      {
        name: 'made-from',
        resolveId: (id) => (id === 'virtual:made' ? '\0made' : null),
        load(id) {
          if (id !== '\0made') return null
          this.addWatchFile(project.file('src/foreign.js'))
          return 'export const made = 1'
        },
      },
    ],
  })
  await server.get()
  await project.edit('src/value.js', '1', `1 + 1; import 'virtual:made'`)
  await expectAnswer(server, 'value 2')
  const { optimized } = server.worker.depsOptimizer!.metadata
  expect(Object.keys(optimized)).not.toContain('dep/b4')
})

test('a file that is written in place is not taken for an empty one', async () => {
  await using project = await createProject(vite, files)
  let isEmpty = true
  const seen: string[] = []
  const server = await project.serve(undefined, {
    plugins: [
      {
        name: 'second-write',
        watchChange(file) {
          if (isEmpty) setTimeout(() => writeFileSync(file, 'export const value = 2'), 30)
          isEmpty = false
        },
        transform(code, id) {
          if (id.endsWith('value.js')) seen.push(code)
        },
      },
    ],
  })
  await server.get()
  writeFileSync(project.file('src/value.js'), '')
  await expect.poll(() => isEmpty).toBe(false)
  expect(await server.get()).toMatchObject({ status: 200, text: 'value 2' })
  expect(seen).not.toContain('')
})

test('a syntax error is reported by Vite as ever, and mended', async () => {
  await using project = await createProject(vite, files)
  const server = await project.serve()
  await server.get()
  await project.edit('src/value.js', 'const', 'conts')
  await expect.poll(async () => (await server.get()).status).toBe(500)
  expect((await server.get()).text).toMatch(/Parse|Expected|Unexpected/i)
  await project.edit('src/value.js', 'conts', 'const')
  await expect.poll(async () => (await server.get()).text).toBe('value 1')
  await server.api.settled()
})

test.each([
  ['a package that does not exist', `import 'missing'`],
  ['a file that does not exist', `import './missing.js'`],
])('%s is reported by Vite as ever', async (_, code) => {
  await using project = await createProject(vite, files)
  const server = await project.serve()
  await server.get()
  await project.edit('src/value.js', '1', `1; ${code}`)
  await expect.poll(async () => (await server.get()).status).toBe(500)
  expect((await server.get()).text).toContain('missing')
  await project.edit('src/value.js', code, '')
  await expect.poll(async () => (await server.get()).text).toBe('value 1')
})

test('a dependency that cannot be bundled holds nobody', async () => {
  await using project = await createProject(vite, {
    ...files,
    'node_modules/broken/package.json':
      '{ "name": "broken", "type": "module", "main": "index.js" }',
    'node_modules/broken/index.js': 'export const = 1',
  })
  const server = await project.serve()
  await server.get()
  const failed = server.log.next(/error while updating dependencies/)
  await project.edit('src/value.js', '1', `1; import 'broken'`)
  await failed
  await expect.poll(async () => (await server.get()).status).toBe(500)
  await project.edit('src/value.js', `import 'broken'`, '')
  await expect.poll(async () => (await server.get()).text).toBe('value 1')
  expect(server.api.stats.longestHold).toBeLessThan(5000)
})

test('a file may be deleted while it is looked through', async () => {
  let enter!: () => void
  const entered = new Promise<void>((resolve) => (enter = resolve))
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  await using project = await createProject(vite, files)
  const server = await project.serve(undefined, {
    plugins: [
      {
        name: 'slow-transform',
        async transform(code) {
          if (!code.includes('slow')) return
          enter()
          await opened
        },
      },
    ],
  })
  await server.get()
  await project.edit('src/value.js', '1', `'slow'; import './new.js'`)
  await entered
  await rm(project.file('src/value.js'))
  const answer = server.get()
  open()
  expect((await answer).status).toBeGreaterThan(0)
  await server.api.settled()
  await project.write({ 'src/value.js': 'export const value = 3' })
  // Whether a file that is back mends its importers by itself is up to Vite.
  await project.edit('src/entry.js', "'value '", "'back '")
  await expect.poll(async () => (await server.get()).text).toBe('back 3')
  expect(server.log.matching(/was held for|looked through/)).toEqual([])
})

test('20 saves in two seconds', async () => {
  await using project = await createProject(vite, files)
  const server = await project.serve()
  await server.get()
  const saving = new AbortController()
  const statuses: number[] = []
  const asking = (async () => {
    while (!saving.signal.aborted) statuses.push((await server.get()).status)
  })()
  for (let value = 1; value <= 20; value++) {
    const more = value % 4 === 0 ? `import 'dep/b${value / 4}'` : ''
    await project.write({ 'src/value.js': `export const value = ${value}; ${more}` })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await expectAnswer(server, 'value 20')
  saving.abort()
  await asking
  expect(new Set(statuses)).toEqual(new Set([200]))
  await server.api.settled()
  expect(server.log.matching(/was held for|looked through/)).toEqual([])
})
