import type { HotPayload, Plugin } from 'vite'
import { beforeEach, describe, expect, test } from 'vitest'
import { hmrBridge } from './index.ts'
import {
  createProject,
  majors,
  record,
  sendOf,
  ssrModules,
  type Project,
  type Server,
} from './project.ts'

const evaluated: string[] = []
Object.assign(globalThis, { evaluated })
beforeEach(() => {
  evaluated.length = 0
})

const files = {
  'src/entry.js': `
    import 'virtual:vite-hmr-bridge/client'
    import { boundary } from './boundary.js'
    export const render = () => boundary.page.text
    globalThis.evaluated.push('entry')`,
  // It hands over what it is made of by reference, as its importers are not evaluated again.
  'src/boundary.js': `
    import page from 'ssr:/src/page.js'
    export const boundary = (globalThis.boundary ??= {})
    boundary.page = page
    globalThis.evaluated.push('boundary')
    /* accepts */`,
  'src/page.js': `
    export { text } from './text.js'
    globalThis.evaluated.push('page')`,
  'src/text.js': `
    export const text = 'before'
    globalThis.evaluated.push('text')`,
}

const accepting = {
  ...files,
  'src/boundary.js': files['src/boundary.js'].replace('/* accepts */', 'import.meta.hot.accept()'),
}

async function serve(project: Project, ...plugins: Plugin[]): Promise<Server> {
  const server = await project.serve({
    plugins: [...plugins, hmrBridge({ from: 'ssr', to: 'worker' })],
  })
  expect(await render(server)).toBe('before')
  evaluated.length = 0
  return server
}

async function render(server: Server): Promise<string> {
  const entry = await server.runner.import<{ render: () => string }>('/src/entry.js')
  return entry.render()
}

async function edit(project: Project, server: Server): Promise<void> {
  const reloaded = server.log.next(/\(ssr\).*page reload src\/text\.js/)
  await project.edit('src/text.js', 'before', 'after')
  await reloaded
  expect(await server.api.applied('worker')).toBe(true)
}

const types = (payloads: { type: string }[]): string[] =>
  payloads.map(({ type }) => type).filter((type) => type !== 'custom')

describe.each(majors)('Vite %s', (_name, major) => {
  test('an edit is an update, up to the module that accepts', async () => {
    await using project = await createProject(major, accepting)
    const server = await serve(project, ssrModules())
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(['update'])
    expect(evaluated).toEqual(['text', 'page', 'boundary'])
    expect(await render(server)).toBe('after')
  })

  test('where none accepts, one full reload follows that the runner heeds', async () => {
    await using project = await createProject(major, files)
    const server = await serve(project, ssrModules())
    const payloads = record(server.worker)
    await edit(project, server)
    // Vite's own names a file that it does not know.
    expect(payloads[0]).toMatchObject({ triggeredBy: project.file('src/text.js') })
    expect(payloads[1]).toEqual({ type: 'full-reload', path: '*' })
    expect(types(payloads)).toHaveLength(2)
    expect(evaluated).toEqual(['text', 'page', 'boundary', 'entry'])
    expect(await render(server)).toBe('after')
  })

  test('copies that do not name their files are updated by a full reload', async () => {
    await using project = await createProject(major, accepting)
    const server = await serve(project, ssrModules({ watch: false }))
    const payloads = record(server.worker)
    await edit(project, server)
    expect(payloads[0]).toEqual({ type: 'full-reload', path: '*' })
    expect(types(payloads)).toEqual(['full-reload'])
    expect(evaluated).toEqual(['text', 'page', 'boundary', 'entry'])
    expect(await render(server)).toBe('after')
  })

  test('also where the worker has the file itself', async () => {
    await using project = await createProject(major, {
      ...accepting,
      'src/entry.js': `import './text.js'\nimport.meta.hot.accept()\n${files['src/entry.js']}`,
    })
    const server = await serve(project, ssrModules({ watch: false }))
    await edit(project, server)
    expect(await render(server)).toBe('after')
  })

  test('what Vite has not analyzed stops its HMR, so it is a full reload', async () => {
    await using project = await createProject(major, {
      ...accepting,
      'src/entry.js': `${files['src/entry.js']}\nexport const never = () => import('./text.js')`,
    })
    const server = await serve(project, ssrModules())
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(['full-reload'])
    expect(await render(server)).toBe('after')
  })

  test('what another plugin keeps from the target is made up for', async () => {
    await using project = await createProject(major, accepting)
    const filter: Plugin = {
      name: 'filter',
      hotUpdate() {
        return this.environment.name === 'worker' ? [] : undefined
      },
    }
    const server = await serve(project, ssrModules(), filter)
    const payloads = record(server.worker)
    await edit(project, server)
    expect(types(payloads)).toEqual(['full-reload'])
    expect(await render(server)).toBe('after')
  })

  test('a module of the source that accepts itself reloads the worker, where none accepts', async () => {
    await using project = await createProject(major, {
      ...files,
      'src/text.js': `${files['src/text.js']}\nimport.meta.hot?.accept()`,
    })
    const server = await serve(project, ssrModules())
    const reloaded = server.log.next(/\(worker\).*page reload src\/text\.js/)
    await project.edit('src/text.js', 'before', 'after')
    await reloaded
    expect(await server.api.applied('worker')).toBe(true)
    expect(evaluated).toEqual(['text', 'page', 'boundary', 'entry'])
    expect(await render(server)).toBe('after')
  })

  test.each(['pre', 'post'] as const)(
    'a framework may forward by itself as well, wrapped %s',
    async (order) => {
      await using project = await createProject(major, accepting)
      // As RedwoodSDK does.
      const framework: Plugin = {
        name: 'framework',
        enforce: 'pre',
        configureServer: {
          order,
          handler({ environments }) {
            const { hot } = environments.ssr
            const send = sendOf(environments.ssr)
            Object.assign(hot, {
              send(payload: HotPayload) {
                if (payload.type === 'full-reload') {
                  environments.worker!.moduleGraph.invalidateAll()
                  environments.worker!.hot.send(payload)
                }
                send(payload)
              },
            })
          },
        },
      }
      const server = await serve(project, framework, ssrModules())
      const payloads = record(server.worker)
      server.ssr.hot.send({ type: 'full-reload', path: '*' })
      expect(await server.api.applied('worker')).toBe(true)
      expect(types(payloads)).toEqual(['full-reload'])

      evaluated.length = 0
      await edit(project, server)
      expect(types(payloads).toSorted()).toEqual(['full-reload', 'full-reload', 'update'])
      expect(evaluated).toEqual(['text', 'page', 'boundary'])
      expect(await render(server)).toBe('after')
    },
  )

  test.each([
    ['a file that no source has', true, 'src/data.js'],
    ['a file that no copy names', false, 'src/text.js'],
  ])("a target's own reload stays what it is: %s", async (_, watch, file) => {
    await using project = await createProject(major, {
      ...files,
      'src/data.js': '',
      'src/entry.js': `import 'virtual:data'\n${files['src/entry.js']}`,
    })
    const data: Plugin = {
      name: 'data',
      resolveId: (id) => (id === 'virtual:data' ? `\0${id}` : null),
      load(id) {
        if (id !== '\0virtual:data') return null
        this.addWatchFile(project.file('src/data.js'))
        return ''
      },
    }
    const server = await serve(project, data, ssrModules({ watch }))
    const payloads = record(server.worker)
    const reload = { type: 'full-reload' as const, triggeredBy: project.file(file) }
    server.worker.hot.send(reload)
    expect(await server.api.applied('worker')).toBe(true)
    expect(payloads.filter(({ type }) => type !== 'custom')).toEqual([reload])
  })
})
